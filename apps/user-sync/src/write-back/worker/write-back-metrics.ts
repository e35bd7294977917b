import { METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, type Registry } from 'prom-client';

/**
 * How a try ended. `unchanged`: Clerk held it already; `collision`: Clerk holds a value that is not ours; `missing`: Clerk
 * does not know the user, which is asked about once more; `limited`: Clerk allows no more changes of this user for now;
 * `released`: Clerk as a whole was away.
 */
export type WriteBackResult =
  'written' | 'unchanged' | 'collision' | 'retried' | 'missing' | 'dead' | 'limited' | 'released';

/** What the write-back looks like from outside. */
@Injectable()
export class WriteBackMetrics {
  private readonly tries: Counter<'result'>;
  private readonly rows: Gauge<'state'>;
  private readonly oldest: Gauge;
  private readonly collisions: Gauge<'key'>;

  constructor(@Inject(METRICS) metrics: Registry) {
    const registers = [metrics];
    this.tries = new Counter({
      name: 'gatehouse_user_sync_write_backs_total',
      help: 'Tries to write id and role of a user to Clerk, by result',
      labelNames: ['result'],
      registers,
    });
    this.rows = new Gauge({
      name: 'gatehouse_user_sync_write_backs',
      help: 'Users of whom Clerk is owed a write (pending), or will not take it (dead)',
      labelNames: ['state'],
      registers,
    });
    this.oldest = new Gauge({
      name: 'gatehouse_user_sync_write_back_oldest_seconds',
      help: 'For how long the oldest write has been owed to Clerk',
      registers,
    });
    this.collisions = new Gauge({
      name: 'gatehouse_user_sync_open_metadata_collisions',
      help: 'Values in public_metadata at keys of ours that are not ours, by key, for which no admin has decided yet',
      labelNames: ['key'],
      registers,
    });
  }

  count(result: WriteBackResult, tries = 1): void {
    this.tries.inc({ result }, tries);
  }

  measured({ owed, dead, oldestSeconds }: { owed: number; dead: number; oldestSeconds: number }): void {
    this.rows.set({ state: 'pending' }, owed);
    this.rows.set({ state: 'dead' }, dead);
    this.oldest.set(oldestSeconds);
  }

  /** Sets the open collisions by key. `keys`: the keys in use; a collision at another key ends with the user's next check. */
  collided(open: ReadonlyMap<string, number>, keys: readonly string[]): void {
    for (const key of keys) this.collisions.set({ key }, open.get(key) ?? 0);
  }
}
