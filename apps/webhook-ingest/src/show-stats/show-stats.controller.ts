import { type LedgerStats, getLedgerStats } from '@gatehouse/contracts';
import { RequestHandler, requireAdmin, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { type Config } from '../config';
import { CONFIG } from '../tokens';
import { readStats } from './ledger-stats';

/** Shows operators how the events' way is going. */
@Controller()
export class ShowStatsController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @RequestHandler(getLedgerStats)
  async show(@Payload() { body: { hours }, envelope }: VerifiedRequest<typeof getLedgerStats>): Promise<LedgerStats> {
    requireAdmin(envelope);
    const { silenceMs, silenceGraceMs, signingSecrets } = this.config;
    return readStats(this.dataSource, {
      hours,
      silenceMs,
      silenceGraceMs,
      secrets: signingSecrets.map(({ fingerprint }) => fingerprint),
    });
  }
}
