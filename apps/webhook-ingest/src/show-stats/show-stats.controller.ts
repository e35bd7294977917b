import { type LedgerSeries, type LedgerStats, getLedgerSeries, getLedgerStats } from '@gatehouse/contracts';
import { RequestHandler, type VerifiedRequest, requireAdmin } from '@gatehouse/messaging';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { type WebhookIngestConfig } from '../config';
import { CONFIG } from '../tokens';
import { readSeries } from './ledger-series';
import { readStats } from './ledger-stats';

/** Shows statistics of the ledger to admins. */
@Controller()
export class ShowStatsController {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: WebhookIngestConfig,
  ) {}

  @RequestHandler(getLedgerStats)
  async show(@Payload() { body: { hours }, envelope }: VerifiedRequest<typeof getLedgerStats>): Promise<LedgerStats> {
    requireAdmin(envelope);
    const { silenceMs, silenceGraceMs, signingSecrets } = this.config;
    return readStats(this.dataSource, {
      hours,
      silenceMs,
      silenceGraceMs,
      secrets: signingSecrets.current.map(({ fingerprint }) => fingerprint),
    });
  }
  @RequestHandler(getLedgerSeries)
  async showSeries(@Payload() { body, envelope }: VerifiedRequest<typeof getLedgerSeries>): Promise<LedgerSeries> {
    requireAdmin(envelope);
    return readSeries(this.dataSource, body);
  }
}
