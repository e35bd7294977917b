import { LOGGER, PeriodicWorker } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { DataSource, type EntityManager } from 'typeorm';
import { type UserSyncConfig } from '../config';
import { CONFIG } from '../tokens';

const EVERY_MS = 60_000;
/** So that a backlog neither holds locks for long nor runs into the statement timeout. */
const MAX_ROWS = 10_000;
/** Any number will do that nobody else uses. */
const LOCK = 7_202_612;

/** Longer than any gateway trusts what it remembers, and than any Clerk session token lives. */
const CHANGES_KEPT = '24 hours';

/** Clerk goes on making tokens of a session that was ended here alone; its sessions live a week unless one asks for more. */
const SIGNED_OUT_KEPT = '366 days';

/** A key that has ended is told for as long as the audit log tells what was done with it; NULL of one that lives. */
const KEY_ENDED_AT = 'coalesce(revoked_at, least(expires_at, grace_ends_at))';

const batch = (table: string, key: string, condition: string) =>
  `DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE ${condition} LIMIT ${MAX_ROWS})`;

const statements = [
  // From the first one on: what is left has no gap below its first, so one number tells what may be missing.
  `DELETE FROM changes WHERE number <= (
     SELECT max(number) FROM (
       SELECT number, at FROM changes ORDER BY number LIMIT ${MAX_ROWS}) AS oldest
      WHERE at < now() - interval '${CHANGES_KEPT}')`,
  batch('used_exchange_tokens', 'token_id', 'expires_at < now()'),
  batch('signed_out_sessions', 'session_id', `at < now() - interval '${SIGNED_OUT_KEPT}'`),
  batch('password_tokens', 'hash', 'expires_at < now()'),
  // A while beyond their end: by them a first login is told from a later one.
  batch('legacy_sessions', 'id', "expires_at < now() - interval '1 hour'"),
  // The audit log has what became of them.
  batch('admin_promises', 'id', "ended_at < now() - interval '90 days'"),
];

/** The second condition holds for nearly all that the first, which has an index, finds. */
const isOlder = (days: number) =>
  `at < now() - interval '${days} days' AND coalesce(recorded_at, at) < now() - interval '${days} days'`;

/** Days are whole numbers: `config.ts` says so. 0 keeps for ever. */
function retained({ appliedDays, auditDays }: UserSyncConfig['retention']): string[] {
  return [
    ...(appliedDays === 0
      ? []
      : [
          batch('applied_events', 'webhook_id', `applied_at < now() - interval '${appliedDays} days'`),
          batch('metadata_collisions', 'id', `ended_at < now() - interval '${appliedDays} days'`),
        ]),
    ...(auditDays === 0
      ? []
      : [
          batch('audit_log', 'id', isOlder(auditDays)),
          batch('api_keys', 'id', `${KEY_ENDED_AT} < now() - interval '${auditDays} days'`),
        ]),
  ];
}

/** Removes, each minute, what has no meaning any more or is older than it is kept; one replica at a time. */
@Injectable()
export class Pruner extends PeriodicWorker {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(LOGGER) private readonly log: Logger,
    @Inject(CONFIG) private readonly config: Pick<UserSyncConfig, 'retention'>,
  ) {
    super({ everyMs: EVERY_MS, atStart: false });
  }

  /** Removes at most 10 000 rows of each kind. */
  async prune(): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      if (!(await isFirst(manager))) return;
      for (const statement of [...statements, ...retained(this.config.retention)]) await manager.query(statement);
    });
  }

  protected override async run(): Promise<void> {
    try {
      await this.prune();
    } catch (error) {
      this.log.warn({ err: error }, 'expired rows could not be removed');
    }
  }
}

async function isFirst(manager: EntityManager): Promise<boolean> {
  const rows = await manager.query<{ first: boolean }[]>('SELECT pg_try_advisory_xact_lock($1) AS first', [LOCK]);
  return rows[0]?.first === true;
}
