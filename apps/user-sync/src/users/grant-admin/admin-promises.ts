import { randomUUID } from 'node:crypto';
import { type DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '../../audit/audit-log/record-audit';
import { AdminPromiseEntity } from '../../database/admin-promise.entity';
import { TooManyPromisesError } from '../../errors';

/** Lifetime of a promise; a PostgreSQL interval. */
const LIFETIME = '7 days';
const MAX_OPEN = 100;
/** Maximum promises that are checked in one round. */
const MAX_CHECKED = 20;

/**
 * Selects open promises that are due for a check. A new promise is due at once. Later it is due a minute after its last
 * check, or earlier if a user with its address is stored or changed. Marks the promises as checked, so that replicas
 * share the work.
 */
const TAKE_DUE = `
  UPDATE admin_promises SET checked_at = now() WHERE id IN (
    SELECT id FROM admin_promises AS p
     WHERE state = 'open' AND expires_at > now()
       AND (checked_at IS NULL OR checked_at < now() - interval '1 minute' OR EXISTS (
         SELECT FROM users AS u WHERE lower(u.email) = p.email AND u.deleted_at IS NULL AND u.updated_at > p.checked_at))
     ORDER BY checked_at NULLS FIRST LIMIT ${MAX_CHECKED} FOR UPDATE SKIP LOCKED)
  RETURNING id, email`;

const END_DUE = `
  UPDATE admin_promises SET state = 'expired', email = NULL, ended_at = now()
   WHERE state = 'open' AND expires_at <= now()
  RETURNING id`;

const END = `
  UPDATE admin_promises SET state = $2, email = NULL, ended_at = now()
   WHERE id = $1 AND state = 'open' AND expires_at > now()
  RETURNING id`;

/** An open promise of the admin role; `email` in lower case. */
export interface OpenPromise {
  readonly id: string;
  readonly email: string;
}

type Ending = 'use' | 'expire' | 'cancel';

/** Open promises, oldest first. */
export function openPromises(manager: EntityManager): Promise<AdminPromiseEntity[]> {
  return manager.find(AdminPromiseEntity, { where: { state: 'open' }, order: { createdAt: 'ASC' } });
}

/** The open promise for `email` (lower case). At most one is open per address. */
export function findOpenPromise(manager: EntityManager, email: string): Promise<AdminPromiseEntity | null> {
  return manager.findOneBy(AdminPromiseEntity, { email, state: 'open' });
}

/**
 * Promises the admin role to the next verified holder of `email` (lower case). If a promise is already open, returns
 * that one, with `made` false.
 * @throws TooManyPromisesError
 */
export async function makePromise(
  manager: EntityManager,
  email: string,
): Promise<{ readonly made: boolean; readonly promise: AdminPromiseEntity }> {
  await expirePromises(manager);
  const standing = await findOpenPromise(manager, email);
  if (standing !== null) return { made: false, promise: standing };
  if ((await manager.countBy(AdminPromiseEntity, { state: 'open' })) >= MAX_OPEN) {
    throw new TooManyPromisesError(MAX_OPEN);
  }
  const id = randomUUID();
  const made = await manager.query<unknown[]>(
    `INSERT INTO admin_promises (id, email, expires_at) VALUES ($1, $2, now() + interval '${LIFETIME}')
     ON CONFLICT (email) WHERE state = 'open' DO NOTHING RETURNING id`,
    [id, email],
  );
  if (made.length > 0) await noteOf(manager, 'make', id);
  return {
    made: made.length > 0,
    promise: await manager.findOneByOrFail(AdminPromiseEntity, { email, state: 'open' }),
  };
}

/** Ends the promises that have expired. */
export async function expirePromises(manager: EntityManager): Promise<void> {
  const [ended] = await manager.query<[{ id: string }[], number]>(END_DUE);
  for (const { id } of ended) await noteOf(manager, 'expire', id);
}

/**
 * Ends an open promise. `userId` is the user whom the promise has made an admin, if any. Returns false when the promise
 * has already ended, so only one of several concurrent calls returns true.
 */
export async function endPromise(
  manager: EntityManager,
  id: string,
  ending: Exclude<Ending, 'expire'>,
  userId: string | null = null,
): Promise<boolean> {
  const [ended] = await manager.query<[unknown[], number]>(END, [id, ending === 'use' ? 'used' : 'cancelled']);
  if (ended.length > 0) await noteOf(manager, ending, id, userId);
  return ended.length > 0;
}

/** Cancels the open promise for `email` (lower case). Returns false when there is none. */
export function cancelPromise(dataSource: DataSource, email: string): Promise<boolean> {
  return dataSource.transaction(async (manager) => {
    const promise = await findOpenPromise(manager, email);
    return promise !== null && endPromise(manager, promise.id, 'cancel');
  });
}

/** Returns the promises that are due for a check, and marks them as checked. */
export async function takeDuePromises(manager: EntityManager): Promise<readonly OpenPromise[]> {
  const [due] = await manager.query<[OpenPromise[], number]>(TAKE_DUE);
  return due;
}

/**
 * Request id and principal for audit entries that no caller's request causes: those of `make-admin` and of promises of
 * the admin role. The id is new, the principal null.
 */
export function byCommand(): { readonly rid: string; readonly principal: null } {
  return { rid: `command-${randomUUID()}`, principal: null };
}

async function noteOf(
  manager: EntityManager,
  verb: 'make' | Ending,
  promiseId: string,
  userId: string | null = null,
): Promise<void> {
  await recordAudit(manager, byCommand(), {
    ...{ action: `admin_promise.${verb}`, subject: promiseId, userId, details: { source: 'command' } },
  });
}
