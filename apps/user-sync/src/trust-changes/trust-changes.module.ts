import { Module } from '@nestjs/common';
import { TrustChangeAnnouncer } from './trust-change-announcer';

/** Owns the numbered trust changes: records them and announces them to the gateways. */
@Module({ providers: [TrustChangeAnnouncer], exports: [TrustChangeAnnouncer] })
export class TrustChangesModule {}
