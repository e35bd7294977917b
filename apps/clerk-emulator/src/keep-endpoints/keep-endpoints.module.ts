import { Module } from '@nestjs/common';
import { Endpoints } from './endpoints';

/** Webhook endpoints. */
@Module({ providers: [Endpoints], exports: [Endpoints] })
export class KeepEndpointsModule {}
