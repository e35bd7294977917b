import { Module } from '@nestjs/common';
import { ShowStatsController } from './show-stats.controller';

/** Shows statistics of the ledger. */
@Module({ controllers: [ShowStatsController] })
export class ShowStatsModule {}
