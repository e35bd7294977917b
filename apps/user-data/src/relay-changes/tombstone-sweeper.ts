import { dataStream } from '@gatehouse/contracts';
import { CompactedStream, JetStream, NatsClient } from '@gatehouse/messaging';
import { LOGGER, PeriodicWorker, failpoint } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { WorkerDatabase } from '../database/worker-database';
import { SUBJECT_PREFIX } from './owned-source';
import { type ResourceRef, keyOf } from './resource-source';

const EVERY_MS = 10_000;
/** Tombstones of one step, which are read and removed from the stream at the same time. */
const BATCH = 200;

interface DueTombstone extends ResourceRef {
  readonly version: number;
}

/** A table of tombstones. */
interface Tombstones {
  /** SQL: those that are due. One that still waits in the outbox is published first, so that followers learn of it. */
  readonly due: string;
  /** SQL: deletes them. What was deleted again meanwhile has another version, and waits again. */
  readonly forget: string;
}

const ofResources: Tombstones = {
  due: `
  SELECT t.user_id AS "userId", t.kind, t.id, t.version FROM resource_tombstones AS t
   WHERE t.remove_at <= now()
     AND NOT EXISTS (SELECT FROM stream_outbox AS o WHERE o.key = concat_ws('.', t.user_id, t.kind, t.id))
   ORDER BY t.remove_at LIMIT $1`,
  forget: `
  DELETE FROM resource_tombstones AS t USING unnest($1::uuid[], $2::text[], $3::uuid[], $4::int[])
      AS gone(user_id, kind, id, version)
   WHERE (t.user_id, t.kind, t.id, t.version) = (gone.user_id, gone.kind, gone.id, gone.version) AND t.remove_at <= now()`,
};

const ofQuotas: Tombstones = {
  due: `
  SELECT t.user_id AS "userId", t.kind, t.user_id AS id, t.version::float8 AS version FROM quota_tombstones AS t
   WHERE NOT EXISTS (SELECT FROM quota_outbox AS o WHERE o.key = concat_ws('.', t.user_id, t.kind, t.user_id))
   LIMIT $1`,
  forget: `
  DELETE FROM quota_tombstones AS t USING unnest($1::uuid[], $2::text[], $3::uuid[], $4::bigint[])
      AS gone(user_id, kind, id, version)
   WHERE (t.user_id, t.kind, t.version) = (gone.user_id, gone.kind, gone.version)`,
};

/**
 * Removes tombstones from the stream and then from the database: those of resources 24 hours after the deletion, and at
 * once when the user was erased; those of quotas at once. Any number of replicas may do the same work.
 */
@Injectable()
export class TombstoneSweeper extends PeriodicWorker {
  private readonly stream: CompactedStream;

  constructor(
    nats: NatsClient,
    jetStream: JetStream,
    private readonly worker: WorkerDatabase,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    super({ everyMs: EVERY_MS });
    this.stream = new CompactedStream(nats, jetStream, dataStream);
  }

  /** Removes every tombstone that is due, until the service stops; returns how many. */
  async sweep(): Promise<number> {
    return (await this.sweepTable(ofResources)) + (await this.sweepTable(ofQuotas));
  }

  protected override async run(): Promise<void> {
    try {
      await this.sweep();
    } catch (error) {
      this.log.warn({ err: error }, 'removing tombstones failed; retrying');
    }
  }

  private async sweepTable({ due: select, forget }: Tombstones): Promise<number> {
    for (let total = 0; ;) {
      const due = await this.worker.run((transaction) => transaction.query<DueTombstone>(select, [BATCH]));
      if (due.length === 0) return total;
      await Promise.all(due.map((tombstone) => this.remove(tombstone)));
      failpoint('after-tombstone-erase');
      await this.worker.run((transaction) =>
        transaction.query(forget, [
          due.map(({ userId }) => userId),
          due.map(({ kind }) => kind),
          due.map(({ id }) => id),
          due.map(({ version }) => version),
        ]),
      );
      total += due.length;
      if (due.length < BATCH || this.stopped) return total;
    }
  }

  /** Overwrites the tombstone on the stream, unless the stream holds something newer. */
  private async remove(tombstone: DueTombstone): Promise<void> {
    const last = await this.stream.last(`${SUBJECT_PREFIX}.${keyOf(tombstone)}`);
    if (last === undefined || versionOf(last.data) > tombstone.version) return;
    await this.stream.erase(last.sequence);
  }
}

/** Version of a message; higher than any for one that cannot be read, which is left alone. */
function versionOf(data: Uint8Array): number {
  try {
    const { version } = JSON.parse(Buffer.from(data).toString()) as { readonly version?: unknown };
    return typeof version === 'number' ? version : Infinity;
  } catch {
    return Infinity;
  }
}
