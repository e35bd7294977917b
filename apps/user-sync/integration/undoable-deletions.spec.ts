import { type ReplyOf, approveReconcile, explainUser, listReconcileUsers, undoReconcile } from '@gatehouse/contracts';
import { AbsenceConfirmation } from '../src/reconcile/confirm-absences';
import { PendingRedactions } from '../src/reconcile/pending-redactions';
import { type UserJson, T0, clerkUser, deletion, newClerkId, userEvent } from './clerk-events';
import { reconciling, world } from './each-reconcile-test';
import { adminContext } from './members';
import { many, settings } from './reconcile-world';

/** Clerk ids of the users whom a run is about, page by page. */
async function listed(id: string, list: 'absent' | 'undoable'): Promise<(string | null)[]> {
  const ids: (string | null)[] = [];
  let cursor: string | null = null;
  do {
    const request = { id, list, limit: 3, ...(cursor !== null && { cursor }) };
    const page: ReplyOf<typeof listReconcileUsers> = await world.gateway.send(
      listReconcileUsers,
      request,
      adminContext(),
    );
    ids.push(...page.items.map(({ clerkUserId }) => clerkUserId));
    cursor = page.nextCursor;
  } while (cursor !== null);
  // The database sorts by its own collation.
  return ids.sort();
}

describe('deletions by a reconcile run', () => {
  it('beyond the limit stop the run until an admin approves', async () => {
    const users = many(6);
    for (const user of users) await world.deliver(userEvent('user.created', user));
    reconciling.atClerk(...users.slice(0, 2));
    const run = await reconciling.reconcile();
    expect(run).toMatchObject({ state: 'needs_approval', absences: 4, message: expect.stringContaining('4 of 6') });
    expect(await reconciling.live()).toHaveLength(6);
    const missing = users
      .slice(2)
      .map(({ id }) => id)
      .sort();
    expect(await listed(run.id, 'absent')).toEqual(missing);
    expect(await listed(run.id, 'undoable')).toEqual([]);
    await world.gateway.send(approveReconcile, { id: run.id }, adminContext());
    expect(await reconciling.ended(run.id)).toMatchObject({ state: 'done', changes: { duplicate: 2, delete: 4 } });
    expect(await reconciling.live()).toHaveLength(2);
    expect(await listed(run.id, 'absent')).toEqual([]);
    expect(await listed(run.id, 'undoable')).toEqual(missing);
  });

  it('are not listed as planned by a run that a later one has overtaken', async () => {
    for (const user of many(6)) await world.deliver(userEvent('user.created', user));
    const run = await reconciling.reconcile();
    expect(run).toMatchObject({ state: 'needs_approval' });
    await reconciling.reconcile();
    await expect(listed(run.id, 'absent')).rejects.toMatchObject({ reason: 'conflict' });
  });

  it('keep personal data for 24 hours, and one audited command undoes them', async () => {
    const user = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', user));
    const before = await world.user(user.id);
    const run = await reconciling.reconcile();
    expect(await world.user(user.id)).toMatchObject({
      deleted_at: expect.any(Date),
      is_active: false,
      email: before?.email,
    });
    const [pending] = await world.query<{ hours: string }>(
      `SELECT extract(epoch FROM redact_at - found_at) / 3600 AS hours FROM pending_redactions`,
    );
    expect(Number(pending?.hours)).toBe(24);
    expect(await world.deliver(userEvent('user.updated', user))).toMatchObject({ decision: 'tombstoned' });

    const by = adminContext();
    const undone = await world.gateway.send(undoReconcile, { id: run.id }, by);
    expect(undone).toMatchObject({ restored: 1, run: { state: 'undone', undoable: 0 } });
    expect(await world.user(user.id)).toMatchObject({ deleted_at: null, is_active: true, email: before?.email });
    const audit = await world.query('SELECT actor_user_id FROM audit_log WHERE action = $1 AND subject = $2', [
      'reconcile.undo',
      run.id,
    ]);
    expect(audit).toEqual([{ actor_user_id: by.principal.userId }]);
    expect(await world.deliver(userEvent('user.updated', { ...user, updated_at: T0 + 1 }))).toMatchObject({
      decision: 'apply',
    });
    const { steps } = await world.gateway.send(explainUser, { id: user.id }, adminContext());
    expect(steps.map(({ decision }) => decision)).toEqual(['create', 'delete', 'tombstoned', 'restore', 'apply']);
  });

  it('are redacted when due, and at once when a webhook reports them', async () => {
    const user = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', user));
    const run = await reconciling.reconcile();
    const redactions = world.apps[0]?.get(PendingRedactions, { strict: false });
    expect(await redactions?.redactDue()).toBe(0);
    expect(await world.deliver(deletion(user.id))).toMatchObject({ decision: 'duplicate' });
    expect(await world.gateway.send(undoReconcile, { id: run.id }, adminContext())).toMatchObject({ restored: 0 });
    expect(await redactions?.redactDue()).toBe(1);
    expect(await world.user(user.id)).toMatchObject({ email: null, full_name: 'Deleted user' });
    const { steps } = await world.gateway.send(explainUser, { id: user.id }, adminContext());
    expect(steps.map(({ decision }) => decision)).toEqual(['create', 'delete', 'duplicate', 'redact']);
  });
});

describe('a 404 from Clerk', () => {
  const confirm = async (id: string) => {
    await world.query('UPDATE suspected_absences SET check_at = now() WHERE clerk_user_id = $1', [id]);
    await world.apps[0]?.get(AbsenceConfirmation, { strict: false }).confirmDue();
  };

  async function suspected(): Promise<UserJson> {
    const user = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', user));
    const tie = await world.deliver(userEvent('user.updated', { ...user, first_name: 'Tie' }));
    expect(tie).toMatchObject({ status: 'failed', error: { code: 'USER_MISSING_AT_CLERK' } });
    expect(await world.user(user.id)).toMatchObject({ deleted_at: null });
    return user;
  }

  it('deletes a user only when a second one confirms it, and the deletion can be undone', async () => {
    const user = await suspected();
    await confirm(user.id);
    expect(await world.user(user.id)).toMatchObject({ deleted_at: expect.any(Date), email: expect.any(String) });
    expect(await world.query('SELECT * FROM suspected_absences')).toEqual([]);
  });

  it('is forgotten when Clerk finds the user again', async () => {
    const user = await suspected();
    reconciling.atClerk({ ...user, first_name: 'Back' });
    await confirm(user.id);
    expect(await world.user(user.id)).toMatchObject({ deleted_at: null, first_name: 'Back' });
    expect(await world.query('SELECT * FROM suspected_absences')).toEqual([]);
  });

  it('confirms no deletion when the secret key belongs to another instance than the last run saw', async () => {
    await world.closeApps();
    await world.boot(Object.fromEntries(Object.entries(settings).filter(([name]) => name !== 'CLERK_INSTANCE_ID')));
    const user = await suspected();
    reconciling.atClerk(user);
    expect(await reconciling.reconcile()).toMatchObject({ state: 'done' });
    await world.query(
      `INSERT INTO suspected_absences (clerk_user_id, source, check_at) VALUES ($1, 'tie', now()) ON CONFLICT DO NOTHING`,
      [user.id],
    );
    world.clerk.directory.instanceId = 'ins_other';
    reconciling.atClerk();
    await confirm(user.id);
    expect(await world.user(user.id)).toMatchObject({ deleted_at: null });
    expect(await world.query('SELECT clerk_user_id FROM suspected_absences')).toEqual([{ clerk_user_id: user.id }]);
  });
});
