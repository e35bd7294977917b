import { type ReplyOf, type Role, type Tier, type resolveKey } from '@gatehouse/contracts';
import { endOfTurn } from '@gatehouse/messaging';
import { type Statement, runStatements } from '@gatehouse/persistence';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { mayActSql } from '../../user-rows/may-act';
import { keyEnd, keyState } from '../manage-keys/present-key';

type Found = ReplyOf<typeof resolveKey>;

interface Row {
  readonly hash: string;
  readonly change: string;
  readonly key_id: string | null;
  readonly user_id: string | null;
  readonly clerk_user_id: string | null;
  readonly role: Role;
  readonly subscription: Tier;
  readonly is_active: boolean;
  readonly scopes: string[];
  readonly rate_limit: number | null;
  readonly expires_at: Date | null;
  readonly grace_ends_at: Date | null;
  readonly revoked_at: Date | null;
  readonly replaced_by: string | null;
}

interface Waiting {
  readonly hash: string;
  readonly resolve: (found: Found) => void;
  readonly reject: (error: unknown) => void;
}

/** Maximum keys in one statement. */
const MAX_TOGETHER = 100;
/** Maximum statements at a time. While they run, further lookups gather for the next one. */
const MAX_RUNNING = 2;

/**
 * Finds API keys and their users, by the hash of the key. The lookups of one turn of the event loop share a statement. It
 * begins after the last of them has arrived, so each shows every trust change that was committed before.
 */
@Injectable()
export class KeyLookups {
  private waiting: Waiting[] = [];
  private running = 0;
  private isDue = false;

  constructor(private readonly dataSource: DataSource) {}

  /** Finds a key. `key` of the reply is null if there is none. */
  find(hash: string): Promise<Found> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ hash, resolve, reject });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.isDue || this.waiting.length === 0 || this.running >= MAX_RUNNING) return;
    this.isDue = true;
    void endOfTurn().then(() => this.load());
  }

  private async load(): Promise<void> {
    const together = this.waiting.splice(0, MAX_TOGETHER);
    this.isDue = false;
    this.running += 1;
    this.schedule();
    try {
      const [found] = await runStatements(this.dataSource.manager, [findKeys(together.map(({ hash }) => hash))]);
      for (const { hash, resolve, reject } of together) {
        const row = found.get(hash);
        if (row === undefined) reject(new RangeError('the statement returned no row for a key'));
        else resolve(answer(row));
      }
    } catch (error) {
      for (const { reject } of together) reject(error);
    } finally {
      this.running -= 1;
      this.schedule();
    }
  }
}

/**
 * One snapshot of the database shows the number of the last trust change, the keys and the users: they show every trust
 * change up to this number, and none after it. LATERAL makes every plan find rows by key: see {@link Statement}.
 */
function findKeys(hashes: readonly string[]): Statement<ReadonlyMap<string, Row>> {
  return {
    name: 'find-keys',
    text: `SELECT asked.hash, coalesce((SELECT number FROM change_counter), 0) AS change, k.id AS key_id, k.scopes,
              k.rate_limit, k.expires_at, k.grace_ends_at, k.revoked_at, k.replaced_by, u.id AS user_id,
              u.clerk_user_id, u.role, u.subscription, u.is_active
         FROM unnest($1::text[]) AS asked(hash)
         LEFT JOIN LATERAL (SELECT id, user_id, scopes, rate_limit, expires_at, grace_ends_at, revoked_at, replaced_by
                              FROM api_keys WHERE hash = asked.hash LIMIT 1) AS k ON true
         LEFT JOIN LATERAL (SELECT id, clerk_user_id, role, subscription, deleted_at IS NULL AND ${mayActSql} AS is_active
                              FROM users WHERE id = k.user_id LIMIT 1) AS u ON true`,
    values: [[...new Set(hashes)]],
    read: (rows: Row[]) => new Map(rows.map((row) => [row.hash, row])),
  };
}

function answer(row: Row): Found {
  const { key_id: keyId, user_id: userId } = row;
  const change = Number(row.change);
  if (keyId === null || userId === null) return { change, key: null };
  const times = {
    revokedAt: row.revoked_at,
    expiresAt: row.expires_at,
    graceEndsAt: row.grace_ends_at,
    replacedBy: row.replaced_by,
  };
  return {
    change,
    key: {
      ...{ userId, clerkUserId: row.clerk_user_id, role: row.role, tier: row.subscription, isActive: row.is_active },
      keyId,
      scopes: row.scopes,
      state: keyState(times, Date.now()),
      expiresAt: keyEnd(times),
      rateLimit: row.rate_limit,
    },
  };
}
