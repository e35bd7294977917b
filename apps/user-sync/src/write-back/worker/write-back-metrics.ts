import { METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, type Registry } from 'prom-client';

/**
 * How an attempt ended. `unchanged`: Clerk already held our values. `collision`: Clerk holds a value that is not ours.
 * `missing`: Clerk does not know the user; a retry follows. `limited`: Clerk accepts no more changes of this user for
 * now. `released`: all of Clerk was unavailable.
 */
type WriteBackResult = 'written' | 'unchanged' | 'collision' | 'retried' | 'missing' | 'dead' | 'limited' | 'released';

/** Metrics about write-backs. */
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
      help: 'Attempts to write id and role of a user to Clerk, by result',
      labelNames: ['result'],
      registers,
    });
    this.rows = new Gauge({
      name: 'gatehouse_user_sync_write_backs',
      help: 'Users with a pending write-back, or with a dead one that has no retry left',
      labelNames: ['state'],
      registers,
    });
    this.oldest = new Gauge({
      name: 'gatehouse_user_sync_write_back_oldest_seconds',
      help: 'Age of the oldest pending write-back',
      registers,
    });
    this.collisions = new Gauge({
      name: 'gatehouse_user_sync_open_metadata_collisions',
      help: 'Foreign values in public_metadata at our keys that no admin has decided about, by key',
      labelNames: ['key'],
      registers,
    });
  }

  count(result: WriteBackResult, tries = 1): void {
    this.tries.inc({ result }, tries);
  }

  measured({ pending, dead, oldestSeconds }: { pending: number; dead: number; oldestSeconds: number }): void {
    this.rows.set({ state: 'pending' }, pending);
    this.rows.set({ state: 'dead' }, dead);
    this.oldest.set(oldestSeconds);
  }

  /**
   * Sets the number of open collisions by key. `keys`: the keys of the current configuration. Leaves out collisions at
   * keys of an earlier configuration; each of them ends with the next check of its user.
   */
  collided(open: ReadonlyMap<string, number>, keys: readonly string[]): void {
    for (const key of keys) this.collisions.set({ key }, open.get(key) ?? 0);
  }
}
