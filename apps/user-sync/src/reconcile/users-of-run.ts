import { type AdminUser, type ParsedRequestOf, type ReplyOf, type listReconcileUsers } from '@gatehouse/contracts';
import { ListCursor, RequestRefusedError } from '@gatehouse/messaging';
import { type EntityManager, In } from 'typeorm';
import { z } from 'zod';
import { type ReconcileRunEntity } from '../database/reconcile-run.entity';
import { UserEntity } from '../database/user.entity';
import { presentUserToAdmin } from '../user-rows/present-user';
import { undoableSource } from './pending-redactions';

/** Users are listed in the order of their Clerk ids. */
const clerkIdCursor = new ListCursor(z.string().min(1).max(130));

/** As the run itself finds them, when it is approved. */
const ABSENT = `
  SELECT u.clerk_user_id FROM users u LEFT JOIN reconcile_sightings s USING (clerk_user_id)
   WHERE u.clerk_user_id > $2 AND u.deleted_at IS NULL AND u.created_at < $4 AND s.run_id IS DISTINCT FROM $1
   ORDER BY u.clerk_user_id LIMIT $3`;

const UNDOABLE = `
  SELECT clerk_user_id FROM pending_redactions
   WHERE starts_with(source, $1) AND redact_at > now() AND clerk_user_id > $2
   ORDER BY clerk_user_id LIMIT $3`;

const IS_LAST = 'SELECT NOT EXISTS (SELECT FROM reconcile_runs WHERE id <> $1 AND started_at > $2) AS last';

/**
 * Lists the users whom an approval of the run would delete, or whom its undo would restore.
 * @throws RequestRefusedError when a later run has begun, which overwrites what this one has seen
 */
export async function usersOfRun(
  manager: EntityManager,
  run: ReconcileRunEntity,
  { list, cursor, limit }: ParsedRequestOf<typeof listReconcileUsers>,
): Promise<ReplyOf<typeof listReconcileUsers>> {
  const after = clerkIdCursor.read(cursor) ?? '';
  const ids =
    list === 'undoable'
      ? await idsOf(manager, UNDOABLE, [undoableSource(run.id), after, limit + 1])
      : await absent(manager, run, after, limit + 1);
  const { items, nextCursor } = clerkIdCursor.page(ids, limit, (id) => id);
  const users = await manager.find(UserEntity, { where: { clerkUserId: In(items) } });
  const byClerkId = new Map(users.map((user) => [user.clerkUserId, user]));
  return { items: items.flatMap((id): AdminUser[] => presented(byClerkId.get(id))), nextCursor };
}

async function absent(
  manager: EntityManager,
  run: ReconcileRunEntity,
  after: string,
  limit: number,
): Promise<string[]> {
  if (run.state !== 'needs_approval' || run.startedAt === null) return [];
  const [found] = await manager.query<{ last: boolean }[]>(IS_LAST, [run.id, run.startedAt]);
  if (found?.last !== true) {
    throw new RequestRefusedError('conflict', 'a later reconcile run has begun: its list is newer');
  }
  return idsOf(manager, ABSENT, [run.id, after, limit, run.startedAt]);
}

async function idsOf(manager: EntityManager, query: string, values: unknown[]): Promise<string[]> {
  const rows = await manager.query<{ clerk_user_id: string }[]>(query, values);
  return rows.map(({ clerk_user_id }) => clerk_user_id);
}

function presented(user: UserEntity | undefined): AdminUser[] {
  return user === undefined ? [] : [presentUserToAdmin(user)];
}
