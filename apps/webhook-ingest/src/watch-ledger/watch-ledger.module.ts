import { Module } from '@nestjs/common';
import { LedgerWatch } from './ledger-watch';

/** Measures the ledger for metrics and raises the silence alarm. */
@Module({ providers: [LedgerWatch] })
export class WatchLedgerModule {}
