import { Global, Module } from '@nestjs/common';
import { OwnerRequests } from './owner-requests';

/** Runs requests in the name of the owner of the data. */
@Global()
@Module({ providers: [OwnerRequests], exports: [OwnerRequests] })
export class RequestsModule {}
