import { METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, type Registry } from 'prom-client';

const results = ['revoked', 'retried', 'refused', 'released'] as const;

/** How an attempt ended. `refused`: given up, because Clerk refuses the id of the session. `released`: Clerk as a whole, or the database, was unavailable. */
type SignOutResult = (typeof results)[number];

/** Metrics about sign-outs at Clerk. */
@Injectable()
export class SignOutMetrics {
  private readonly attempts: Counter<'result'>;
  private readonly pending: Gauge;
  private readonly oldest: Gauge;

  constructor(@Inject(METRICS) metrics: Registry) {
    const registers = [metrics];
    this.attempts = new Counter({
      name: 'gatehouse_user_sync_clerk_sign_outs_total',
      help: 'Attempts to revoke sessions at Clerk, by result',
      labelNames: ['result'],
      registers,
    });
    for (const result of results) this.attempts.inc({ result }, 0);
    this.pending = new Gauge({
      name: 'gatehouse_user_sync_clerk_sign_outs',
      help: 'Sign-outs that Clerk has not confirmed yet',
      registers,
    });
    this.oldest = new Gauge({
      name: 'gatehouse_user_sync_clerk_sign_out_oldest_seconds',
      help: 'Age of the oldest sign-out that Clerk has not confirmed yet',
      registers,
    });
  }

  count(result: SignOutResult): void {
    this.attempts.inc({ result });
  }

  measured({ pending, oldestSeconds }: { readonly pending: number; readonly oldestSeconds: number }): void {
    this.pending.set(pending);
    this.oldest.set(oldestSeconds);
  }
}
