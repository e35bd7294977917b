import { type QuotaKind, quotaKinds } from '@gatehouse/contracts';
import { METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, type Registry } from 'prom-client';

/** Counter of requests that a quota rejected. */
@Injectable()
export class QuotaMetrics {
  private readonly refusals: Counter<'kind'>;

  constructor(@Inject(METRICS) registry: Registry) {
    this.refusals = new Counter({
      name: 'gatehouse_user_data_quota_refusals_total',
      help: 'Requests that were rejected as quota_exceeded, by kind of quota.',
      labelNames: ['kind'],
      registers: [registry],
    });
    for (const kind of quotaKinds) this.refusals.inc({ kind }, 0);
  }

  /** Counts a request that was rejected because a quota is used up. */
  refused(kind: QuotaKind): void {
    this.refusals.inc({ kind });
  }
}
