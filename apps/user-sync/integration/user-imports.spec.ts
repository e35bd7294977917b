import { randomUUID } from 'node:crypto';
import {
  createUser,
  discardUserImport,
  exportIdentifiers,
  listUserImports,
  setUserTier,
  updateMe,
} from '@gatehouse/contracts';
import { clerkUser, newClerkId, userEvent, withEmail } from './clerk-events';
import { type Imports, emailOf, newEmail, newExternalId, startImports } from './import-world';
import { type Member, localUser, memberAtClerk } from './members';
import { type SyncWorld } from './sync-world';

let world: SyncWorld;
let boss: Member;
let imports: Imports;

beforeAll(async () => void ({ world, boss, imports } = await startImports()));

afterAll(() => world?.dispose());

describe('an identifier', () => {
  it('links by Clerk id, by the external id at Clerk, and by an e-mail address that both have verified', async () => {
    const [byId, atClerk, byEmail] = [await memberAtClerk(world), newExternalId(), await memberAtClerk(world)];
    const twin = await memberAtClerk(world, { external_id: atClerk });
    const [one, two] = [newExternalId(), newExternalId()];
    const rows = [
      { externalId: one, clerkUserId: byId.user.id, firstName: 'Not Clerk’s', city: 'Paris' },
      { externalId: atClerk, email: emailOf(twin), emailVerified: false, tier: 'pro' },
      { externalId: two, email: emailOf(byEmail).toUpperCase(), emailVerified: true },
    ];
    const planned = await imports.plan(rows);
    expect(await imports.reasons(planned.id)).toEqual([
      'link: clerk_user_id',
      'link: external_id_at_clerk',
      'link: verified_email',
    ]);
    expect((await imports.rows(planned.id))[0]).toMatchObject({ sets: ['externalId', 'city'], leaves: ['firstName'] });
    await imports.apply(planned.id);
    const planFor = await imports.plan([{ clerkUserId: byId.user.id, tier: 'pro' }]);
    expect(await world.gateway.send(exportIdentifiers, {}, byId.context)).toEqual({
      ...{ externalId: one, stripeCustomerId: null },
      imports: [
        {
          ...{ importId: planFor.id, row: 1, before: null, after: null },
          planned: { clerkUserId: byId.user.id, tier: 'pro' },
        },
        {
          ...{ importId: planned.id, row: 1, planned: null },
          ...{ before: { externalId: null, city: null }, after: { externalId: one, city: 'Paris' } },
        },
      ],
    });
    await world.gateway.send(discardUserImport, { id: planFor.id }, boss.context);
    for (const [member, id] of [
      [byId, one],
      [twin, atClerk],
      [byEmail, two],
    ] as const) {
      expect((await imports.userWith(id)).clerk_user_id).toBe(member.user.id);
    }
    expect(await imports.reasons((await imports.plan(rows)).id)).toEqual(
      Array.from({ length: 3 }, () => 'unchanged: external_id'),
    );
  });

  it('never takes an account over by an address that one side has not verified', async () => {
    const unverified = withEmail(clerkUser(newClerkId()), newEmail(), 'unverified');
    await world.deliver(userEvent('user.created', unverified));
    const [verified, local] = [await memberAtClerk(world), await localUser(world, boss)];
    const address = (unverified.email_addresses as { email_address: string }[])[0]?.email_address;
    const row = () => ({ externalId: newExternalId() });
    const planned = await imports.plan([
      { ...row(), email: address, emailVerified: true },
      { ...row(), email: emailOf(verified) },
      { ...row(), email: local.email.toLowerCase(), emailVerified: true },
      { ...row(), email: newEmail(), phoneNumber: '+12015550199', phoneVerified: true },
    ]);
    expect(await imports.reasons(planned.id)).toEqual([
      ...['conflict: email_held', 'conflict: email_held', 'conflict: email_held', 'create: new'],
    ]);
  });

  it('leaves rows to a person whose identifiers name different users, another external id, or a deleted user', async () => {
    const [a, b, gone] = [await memberAtClerk(world), await memberAtClerk(world), await memberAtClerk(world)];
    const mine = newExternalId();
    await imports.run([{ externalId: mine, clerkUserId: a.user.id }]);
    await world.query('INSERT INTO clerk_tombstones (clerk_user_id, source_webhook_id) VALUES ($1, $2)', [
      'user_gone',
      'x',
    ]);
    await world.query('UPDATE users SET deleted_at = now() WHERE clerk_user_id = $1', [gone.user.id]);
    const planned = await imports.plan([
      { externalId: mine, clerkUserId: b.user.id },
      { externalId: newExternalId(), clerkUserId: a.user.id },
      { clerkUserId: gone.user.id, tier: 'pro' },
      { clerkUserId: 'user_gone', tier: 'pro' },
      { clerkUserId: boss.user.id, role: 'user' },
    ]);
    expect(await imports.reasons(planned.id)).toEqual([
      'conflict: identifiers_disagree',
      'conflict: external_id_differs',
      'conflict: user_deleted',
      'conflict: user_deleted',
      'conflict: admin',
    ]);
  });
});

describe('an applied import', () => {
  it('creates a local user whom Clerk adopts later by the verified address', async () => {
    const [externalId, email] = [newExternalId(), newEmail()];
    await imports.run([
      {
        externalId,
        email,
        emailVerified: true,
        firstName: 'Ada',
        role: 'developer',
        createdAt: '2019-05-01T10:00:00.1239Z',
      },
    ]);
    const { id } = await imports.userWith(externalId);
    const user = withEmail(clerkUser(newClerkId()), email);
    world.clerk.directory.users.push(user);
    await world.deliver(userEvent('user.created', user));
    expect(await imports.userWith(externalId)).toMatchObject({
      ...{ id, clerk_user_id: user.id, role: 'developer', auth_provider: 'clerk' },
      created_at: new Date('2019-05-01T10:00:00.123Z'),
    });
  });

  it('ends trust in the transaction that changes role, tier and activity, and writes roles back', async () => {
    const [a, b, c] = [await memberAtClerk(world), await memberAtClerk(world), await memberAtClerk(world)];
    const done = await imports.run([
      { clerkUserId: a.user.id, role: 'developer', tier: 'pro' },
      { clerkUserId: b.user.id, tier: 'enterprise' },
      { clerkUserId: c.user.id, isActive: false, stripeCustomerId: `cus_${randomUUID().slice(0, 8)}` },
    ]);
    expect(done.outcomes).toEqual({ applied: 3 });
    expect(await imports.trustChangesOf(a.principal.userId)).toEqual([{ kind: 'user', reason: 'role' }]);
    expect(await imports.trustChangesOf(b.principal.userId)).toEqual([{ kind: 'user', reason: 'tier' }]);
    expect(await imports.trustChangesOf(c.principal.userId)).toEqual([{ kind: 'user', reason: 'deactivated' }]);
    expect(
      await world.query('SELECT reason FROM write_backs WHERE user_id = $1 AND state = $2', [
        a.principal.userId,
        'pending',
      ]),
    ).toEqual([{ reason: 'role' }]);
    const again = await imports.plan([{ clerkUserId: c.user.id, isActive: true }]);
    expect((await imports.rows(again.id))[0]).toMatchObject({ action: 'unchanged', leaves: ['isActive'] });
  });

  it('leaves out a row whose user has changed since the plan, and what users wrote into their profile', async () => {
    const [a, b] = [await memberAtClerk(world), await memberAtClerk(world)];
    await world.gateway.send(updateMe, { shopName: 'Mine' }, b.context);
    const { id } = await imports.plan([
      { clerkUserId: a.user.id, tier: 'pro' },
      { clerkUserId: b.user.id, tier: 'pro', shopName: 'Theirs', city: 'Oslo' },
    ]);
    await world.gateway.send(setUserTier, { userId: a.principal.userId, tier: 'enterprise' }, boss.context);
    expect(await imports.apply(id)).toMatchObject({ outcomes: { applied: 1, stale: 1 } });
    expect(await world.user(a.user.id)).toMatchObject({ subscription: 'enterprise' });
    expect(await world.user(b.user.id)).toMatchObject({ subscription: 'pro', shop_name: 'Mine', city: 'Oslo' });
  });

  it('leaves out a new user whose e-mail address another user has meanwhile', async () => {
    const email = newEmail();
    const { id } = await imports.plan([{ externalId: newExternalId(), email, emailVerified: true }]);
    await world.gateway.send(createUser, { email }, boss.context);
    expect(await imports.apply(id)).toMatchObject({ outcomes: { stale: 1 } });
  });

  it('is found by its users, and says who approved and who undid it', async () => {
    const a = await memberAtClerk(world);
    const { id } = await imports.run([{ clerkUserId: a.user.id, tier: 'pro' }]);
    const { items } = await world.gateway.send(listUserImports, { user: a.user.id }, boss.context);
    expect(items.map((each) => each.id)).toEqual([id]);
    expect(await imports.rows(id, { user: a.user.id })).toMatchObject([{ row: 1, outcome: 'applied', sets: ['tier'] }]);
    await imports.undo(id);
    expect(
      await world.query(
        'SELECT action, actor_user_id FROM audit_log WHERE subject = $1 AND user_id IS NULL ORDER BY id',
        [id],
      ),
    ).toEqual(
      ['upload', 'approve', 'undo'].map((verb) => ({
        action: `user_import.${verb}`,
        actor_user_id: boss.principal.userId,
      })),
    );
  });
});
