import {
  activateUser,
  deactivateUser,
  issuePasswordToken,
  listAudit,
  listUserConflicts,
  setStripeCustomer,
  setUserRole,
  setUserTier,
  undoUserImport,
  updateMe,
} from '@gatehouse/contracts';
import { clerkUser, newClerkId, userEvent, withEmail } from './clerk-events';
import { type Imports, newEmail, newExternalId, startImports } from './import-world';
import { type Member, memberAtClerk } from './members';
import { type SyncWorld } from './sync-world';

let world: SyncWorld;
let boss: Member;
let imports: Imports;

beforeAll(async () => void ({ world, boss, imports } = await startImports()));

afterAll(() => world?.dispose());

const auditOf = async (userId: string) =>
  (await world.gateway.send(listAudit, { userId, limit: 50 }, boss.context)).items
    .map(({ action, subject, details, actorUserId }) => ({ action, subject, details, actorUserId }))
    .reverse();
const left = async (id: string) => (await imports.rows(id)).map(({ reversal, notRestored }) => [reversal, notRestored]);

/** Imports new local users. Returns the import and their ids, in the order of the rows. */
async function createBy(rows: number, fields: object = {}): Promise<{ id: string; userIds: string[] }> {
  const ids = Array.from({ length: rows }, newExternalId);
  const { id } = await imports.run(ids.map((externalId) => ({ externalId, email: newEmail(), ...fields })));
  const userIds = (await imports.rows(id)).map(({ userId }) => String(userId));
  return { id, userIds };
}

describe('an undo', () => {
  it('restores the values that nobody has changed since, and names the others', async () => {
    const [a, b] = [await memberAtClerk(world), await memberAtClerk(world)];
    const [fresh, adopted, changed] = [newExternalId(), newExternalId(), newExternalId()];
    const email = newEmail();
    const { id } = await imports.run([
      { externalId: newExternalId(), clerkUserId: a.user.id, tier: 'pro', role: 'developer', city: 'Rome' },
      { clerkUserId: b.user.id, tier: 'pro', isActive: false },
      { externalId: fresh, email: newEmail(), emailVerified: true },
      { externalId: adopted, email, emailVerified: true },
      { externalId: changed, email: newEmail(), emailVerified: true },
    ]);
    await world.gateway.send(setUserTier, { userId: b.principal.userId, tier: 'enterprise' }, boss.context);
    const user = withEmail(clerkUser(newClerkId()), email);
    world.clerk.directory.users.push(user);
    await world.deliver(userEvent('user.created', user));
    const { id: changedId } = await imports.userWith(changed);
    const { id: freshId } = await imports.userWith(fresh);
    await world.gateway.send(setUserRole, { userId: String(changedId), role: 'developer' }, boss.context);

    const undone = await imports.undo(id);
    expect(undone).toMatchObject({ reversals: { restored: 2, partial: 1, left: 2 }, undoableUntil: null });
    expect((await imports.rows(id)).map(({ reversal, notRestored }) => [reversal, notRestored])).toEqual([
      ['restored', []],
      ['partial', ['tier']],
      ['restored', []],
      ['left', ['adopted']],
      ['left', ['role']],
    ]);
    expect(await world.user(a.user.id)).toMatchObject({
      external_id: null,
      subscription: 'free',
      role: 'user',
      city: null,
    });
    expect(await world.user(b.user.id)).toMatchObject({ subscription: 'enterprise', is_active: true });
    const [removed] = await world.query('SELECT * FROM users WHERE id = $1', [freshId]);
    expect(removed).toMatchObject({ external_id: null, email: null, is_active: false, full_name: 'Deleted user' });
    expect(await imports.trustChangesOf(freshId)).toEqual([{ kind: 'user', reason: 'deleted' }]);
    expect(await imports.trustChangesOf(b.principal.userId)).toEqual([
      { kind: 'user', reason: 'deactivated' },
      { kind: 'user', reason: 'tier' },
      { kind: 'user', reason: 'activated' },
    ]);
    expect(await imports.userWith(adopted)).toMatchObject({ clerk_user_id: user.id });
    // Repeating changes nothing, and the file can be imported again.
    expect(await world.gateway.send(undoUserImport, { id }, boss.context)).toMatchObject({ state: 'undone' });
  });

  it('leaves a user who has logged in, and one who was erased', async () => {
    const [used, erased] = [newExternalId(), newExternalId()];
    const { id } = await imports.run([
      { externalId: used, email: newEmail() },
      { externalId: erased, email: newEmail() },
    ]);
    await world.query('UPDATE users SET last_login_at = now() WHERE external_id = $1', [used]);
    await world.query('UPDATE users SET deleted_at = now() WHERE external_id = $1', [erased]);
    await imports.undo(id);
    expect((await imports.rows(id)).map(({ notRestored }) => notRestored)).toEqual([['in_use'], ['deleted']]);
  });

  it('stops an import that is being applied', async () => {
    const rows = Array.from({ length: 1_000 }, () => ({ externalId: newExternalId(), email: newEmail() }));
    const { id } = await imports.plan(rows);
    await imports.approve(id);
    expect((await imports.undo(id)).state).toBe('undone');
    const [left] = await world.query(
      `SELECT count(*)::int FROM user_import_rows WHERE import_id = $1 AND outcome = 'applied' AND reversal IS NULL`,
      [id],
    );
    expect(left).toEqual({ count: 0 });
    const live = await world.query('SELECT id FROM users WHERE external_id = ANY($1)', [
      rows.map((row) => row.externalId),
    ]);
    expect(live).toEqual([]);
  });
});

describe('an undo after a later act of somebody else', () => {
  it('leaves what an admin has confirmed, although the value is that of the import', async () => {
    const members = [await memberAtClerk(world), await memberAtClerk(world), await memberAtClerk(world)];
    const [a, b, c] = members as [Member, Member, Member];
    const { id } = await imports.run([
      { clerkUserId: a.user.id, isActive: false, tier: 'pro' },
      { clerkUserId: b.user.id, role: 'developer', tier: 'pro' },
      { clerkUserId: c.user.id, stripeCustomerId: 'cus_confirmed', city: 'Rome' },
    ]);
    await world.gateway.send(deactivateUser, { userId: a.principal.userId }, boss.context);
    await world.gateway.send(setUserRole, { userId: b.principal.userId, role: 'developer' }, boss.context);
    // Changed twice, and so back to the value of the import.
    await world.gateway.send(setUserTier, { userId: b.principal.userId, tier: 'enterprise' }, boss.context);
    await world.gateway.send(setUserTier, { userId: b.principal.userId, tier: 'pro' }, boss.context);
    const stripe = { userId: c.principal.userId, stripeCustomerId: 'cus_confirmed' };
    await world.gateway.send(setStripeCustomer, stripe, boss.context);
    expect((await auditOf(a.principal.userId)).at(-1)).toMatchObject({
      ...{ action: 'user.deactivate', details: { unchanged: true } },
    });

    await imports.undo(id);
    expect(await left(id)).toEqual([
      ['partial', ['isActive']],
      ['left', ['role', 'tier']],
      ['partial', ['stripeCustomerId']],
    ]);
    expect(await world.user(a.user.id)).toMatchObject({ is_active: false, subscription: 'free' });
    expect(await world.user(b.user.id)).toMatchObject({ role: 'developer', subscription: 'pro' });
    expect(await world.user(c.user.id)).toMatchObject({ stripe_customer_id: 'cus_confirmed', city: null });
  });

  it('leaves what the user has written, and what a later import has set', async () => {
    const [a, b] = [await memberAtClerk(world), await memberAtClerk(world)];
    const rows = [
      { clerkUserId: a.user.id, city: 'Rome', shopName: 'Ours' },
      { clerkUserId: b.user.id, tier: 'pro' },
    ];
    const first = await imports.run(rows);
    await world.gateway.send(updateMe, { city: 'Oslo' }, a.context);
    await world.gateway.send(updateMe, { city: 'Rome' }, a.context);
    await imports.run([{ clerkUserId: b.user.id, tier: 'enterprise' }]);
    await imports.run([{ clerkUserId: b.user.id, tier: 'pro' }]);
    await imports.undo(first.id);
    expect(await left(first.id)).toEqual([
      ['partial', ['city']],
      ['left', ['tier']],
    ]);
    expect(await world.user(a.user.id)).toMatchObject({ city: 'Rome', shop_name: null });
    expect(await world.user(b.user.id)).toMatchObject({ subscription: 'pro' });
  });

  it('goes back through two imports when the later one is undone first', async () => {
    const [externalId, email] = [newExternalId(), newEmail()];
    const first = await imports.run([{ externalId, email }]);
    const { id: userId } = await imports.userWith(externalId);
    const second = await imports.run([{ externalId, tier: 'pro', city: 'Rome' }]);
    await imports.undo(second.id);
    await imports.undo(first.id);
    expect([await left(second.id), await left(first.id)]).toEqual([[['restored', []]], [['restored', []]]]);
    expect(await world.query('SELECT deleted_at IS NULL AS live FROM users WHERE id = $1', [userId])).toEqual([
      { live: false },
    ]);
  });

  it('leaves a created user whom an admin has invited, confirmed or changed, or whose referral was used', async () => {
    const { id, userIds } = await createBy(6);
    const [invited, confirmed, referred, referrer, edited, untouched] = userIds as [
      ...[string, string, string, string, string, string],
    ];
    await world.gateway.send(issuePasswordToken, { userId: invited }, boss.context);
    await world.query('DELETE FROM password_tokens WHERE user_id = $1', [invited]);
    await world.gateway.send(activateUser, { userId: confirmed }, boss.context);
    await world.query('UPDATE users SET referred_by = $2, referred_at = now() WHERE id = $1', [referred, referrer]);
    await world.query("UPDATE users SET profile_image_url = 'https://example.com/a.png' WHERE id = $1", [edited]);
    await imports.undo(id);
    expect(await left(id)).toEqual([
      ['left', ['in_use']],
      ['left', ['isActive']],
      ['left', ['in_use']],
      ['left', ['in_use']],
      ['left', ['changed']],
      ['restored', []],
    ]);
    const live = await world.query<{ id: string }>(
      'SELECT id FROM users WHERE id = ANY($1::uuid[]) AND deleted_at IS NULL',
      [userIds],
    );
    expect(live.map((each) => each.id).sort()).toEqual(userIds.filter((each) => each !== untouched).sort());
  });

  it('ends the conflicts of a user whom it deletes', async () => {
    const email = newEmail();
    const { id } = await imports.run([{ externalId: newExternalId(), email }]);
    const userId = String((await imports.rows(id))[0]?.userId);
    const holder = withEmail(clerkUser(newClerkId()), email);
    world.clerk.directory.users.push(holder);
    await world.deliver(userEvent('user.created', holder));
    const open = async () =>
      (await world.gateway.send(listUserConflicts, { limit: 200 }, boss.context)).items.filter(
        ({ claimant }) => claimant === userId,
      );
    expect(await open()).toHaveLength(1);
    await imports.undo(id);
    expect(await left(id)).toEqual([['restored', []]]);
    expect(await open()).toEqual([]);
  });
});

describe('the audit log', () => {
  it('says in the story of each user what an import and its undo have changed, and who approved it', async () => {
    const a = await memberAtClerk(world);
    const row = { clerkUserId: a.user.id, role: 'developer', tier: 'pro', isActive: false, city: 'Rome' };
    const externalId = newExternalId();
    const { id } = await imports.run([row, { externalId, email: newEmail(), role: 'developer' }]);
    const { id: created } = await imports.userWith(externalId);
    await imports.undo(id);
    const by = { subject: id, actorUserId: boss.principal.userId };
    const [applied, reverted] = (await auditOf(a.principal.userId)).slice(-2);
    expect(applied).toEqual({
      ...{ action: 'user_import.apply', ...by },
      details: {
        ...{ row: 1, fields: 'city, isActive, role, tier', role: { before: 'user', after: 'developer' } },
        ...{ tier: { before: 'free', after: 'pro' }, isActive: { before: true, after: false } },
      },
    });
    expect(reverted).toEqual({
      ...{ action: 'user_import.revert', ...by },
      details: {
        ...{ row: 1, fields: 'city, isActive, role, tier', role: { before: 'developer', after: 'user' } },
        ...{ tier: { before: 'pro', after: 'free' }, isActive: { before: false, after: true } },
      },
    });
    const story = await auditOf(String(created));
    expect(story.map(({ action }) => action)).toEqual(['user_import.apply', 'user.delete']);
    expect(story[0]?.details).toMatchObject({ row: 2, role: { before: null, after: 'developer' } });
    expect(story[1]).toEqual({ action: 'user.delete', ...by, details: { row: 2 } });
    expect(JSON.stringify(story)).not.toMatch(/@example|legacy-/);
  });
});
