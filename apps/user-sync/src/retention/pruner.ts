import { LOGGER, PeriodicWorker } from '@gatehouse/observability';
import { pruneIdempotencyKeys, transactionOf, tryLock } from '@gatehouse/persistence';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { DataSource } from 'typeorm';
import { type UserSyncConfig } from '../config';
import { SECRET_SHOWN_MS } from '../credentials/manage-keys/key-seal';
import { CONFIG } from '../tokens';
import { importStatements } from './prune-imports';

const EVERY_MS = 60_000;
/** Maximum rows per statement, so that a backlog neither holds locks for long nor exceeds the statement timeout. */
const MAX_ROWS = 10_000;
/** Key of the advisory lock of the replica that prunes: an arbitrary number, unique among our advisory locks. */
const LOCK = 7_202_612;

/**
 * Retention of trust changes. A session token of Clerk lives for a minute. The token of an ended session is rejected
 * only while the trust change that records the end is stored. So the retention must exceed a minute. A gateway also
 * loads the trust changes that it missed. If some are already deleted, it must ask again for everything that it
 * remembers.
 */
const CHANGES_KEPT = '24 hours';

/**
 * Retention of logouts. A session that ended only here goes on at Clerk, which issues tokens for it. So the retention
 * must exceed the maximum lifetime of a session, which is configured at Clerk: 7 days by default. 366 days suffice for
 * lifetimes of up to a year. With a longer one, tokens of the session are accepted again after 366 days.
 */
const SIGNED_OUT_KEPT = '366 days';

/**
 * SQL for the time at which an API key ended or will end; NULL for a key without an end. Ended keys are kept as long as
 * audit entries.
 */
const KEY_ENDED_AT = 'coalesce(revoked_at, least(expires_at, grace_ends_at))';

const batch = (table: string, key: string, condition: string) =>
  `DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE ${condition} LIMIT ${MAX_ROWS})`;

const statements = [
  // Deletes the lowest numbers first, so that no number above the lowest remaining one is missing. So
  // `loadTrustChanges` can tell gateways that all trust changes from the lowest remaining number on are there.
  `DELETE FROM changes WHERE number <= (
     SELECT max(number) FROM (
       SELECT number, at FROM changes ORDER BY number LIMIT ${MAX_ROWS}) AS oldest
      WHERE at < now() - interval '${CHANGES_KEPT}')`,
  batch('used_exchange_tokens', 'token_id', 'expires_at < now()'),
  batch('signed_out_sessions', 'session_id', `at < now() - interval '${SIGNED_OUT_KEPT}'`),
  batch('password_tokens', 'hash', 'expires_at < now()'),
  // Keeps sessions for an hour after they expire. The phone exchange reports a user as new if the user was created in
  // the last hour and has no stored session. If a short session were deleted earlier, a second exchange would report
  // the user as new again.
  batch('legacy_sessions', 'id', "expires_at < now() - interval '1 hour'"),
  // Secrets in stored answers that no repeated request can get any more.
  `UPDATE idempotency_keys SET sealed = NULL WHERE (user_id, id) IN (
     SELECT user_id, id FROM idempotency_keys
      WHERE sealed IS NOT NULL AND created_at < now() - interval '${SECRET_SHOWN_MS} milliseconds' LIMIT ${MAX_ROWS})`,
  ...importStatements(MAX_ROWS),
  // Promises of the admin role that have ended. The audit log keeps their history.
  batch('admin_promises', 'id', "ended_at < now() - interval '90 days'"),
];

/**
 * SQL condition for audit entries that were recorded more than `days` ago. A trigger rejects the deletion of an entry
 * whose `recorded_at` is less than 90 days ago. `at` is compared as well, because it has an index.
 */
const isOlder = (days: number) =>
  `at < now() - interval '${days} days' AND coalesce(recorded_at, at) < now() - interval '${days} days'`;

/** Statements for the configured retention. `config.ts` guarantees whole numbers; 0 keeps rows for ever. */
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

/** Deletes expired rows and rows past their retention, once a minute, on one replica at a time. */
@Injectable()
export class Pruner extends PeriodicWorker {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(LOGGER) private readonly log: Logger,
    @Inject(CONFIG) private readonly config: Pick<UserSyncConfig, 'retention'>,
  ) {
    super({ everyMs: EVERY_MS, atStart: false });
  }

  /** Deletes at most 10 000 rows of each kind; nothing while another replica prunes. */
  async prune(): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const transaction = transactionOf(manager);
      if (!(await tryLock(transaction, LOCK))) return;
      for (const statement of [...statements, ...retained(this.config.retention)]) await manager.query(statement);
      await pruneIdempotencyKeys(transaction, MAX_ROWS);
    });
  }

  protected override async run(): Promise<void> {
    try {
      await this.prune();
    } catch (error) {
      this.log.warn({ err: error }, 'deleting expired rows failed; retrying');
    }
  }
}
