import { Module } from '@nestjs/common';
import { JwksController } from './jwks.controller';

/** What services look for at `/.well-known`: the key set of assertions. */
@Module({ controllers: [JwksController] })
export class WellKnownModule {}
