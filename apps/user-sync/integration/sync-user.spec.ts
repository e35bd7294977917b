import { randomUUID } from 'node:crypto';
import { type ReplyOf, explainUser, listAudit, syncUser } from '@gatehouse/contracts';
import { hangUp, json, silence } from './clerk-api';
import { T0, clerkUser, deletion, newClerkId, userEvent } from './clerk-events';
import { type Member, admin, localUser, member, refusal } from './members';
import { SyncWorld } from './sync-world';

let world: SyncWorld;
let boss: Member;

beforeAll(async () => {
  world = await SyncWorld.start();
  await world.boot({ CLERK_CONFIRM_DELAY_MS: '20', RECONCILE_INTERVAL_MS: '0' });
  boss = await admin(world);
});

afterEach(() => (world.clerk.outage = undefined));
afterAll(() => world.dispose());

const sync = (id: string, by = boss): Promise<ReplyOf<typeof syncUser>> =>
  world.gateway.send(syncUser, { id }, { ...by.context, requestId: randomUUID() });

describe('the sync of one user by an admin', () => {
  it('applies a change whose webhook never came', async () => {
    const { user, principal } = await member(world);
    world.clerk.answer(user.id, json(200, { ...user, updated_at: T0 + 5, first_name: 'Newer', banned: true }));
    const { result, user: shown } = await sync(principal.userId);
    expect([result, shown]).toMatchObject(['applied', { id: principal.userId, firstName: 'Newer', clerkBanned: true }]);
    expect(await world.user(user.id)).toMatchObject({ first_name: 'Newer', clerk_updated_at: String(T0 + 5) });
    expect(await sync(user.id)).toMatchObject({ result: 'unchanged', user: { firstName: 'Newer' } });
  });

  it('corrects a row that is newer than the user at Clerk', async () => {
    const { user, principal } = await member(world);
    await world.deliver(userEvent('user.updated', { ...user, updated_at: T0 + 1e9, first_name: 'Corrupt' }));
    expect(await sync(principal.userId)).toMatchObject({ result: 'applied', user: { firstName: user.first_name } });
    expect((await world.user(user.id))?.clerk_updated_at).toBe(String(T0));
  });

  it('creates a user who was never here, by the Clerk id', async () => {
    const user = clerkUser(newClerkId());
    world.clerk.answer(user.id, json(200, user));
    const { result, user: shown } = await sync(user.id);
    expect([result, shown?.clerkUserId]).toEqual(['created', user.id]);
  });

  it('keeps a user whom Clerk does not find until that is confirmed', async () => {
    const { user, principal } = await member(world);
    world.clerk.answer(user.id, json(404, { errors: [{ code: 'resource_not_found' }] }));
    expect(await sync(principal.userId)).toMatchObject({ result: 'missing', user: { deletedAt: null } });
    const suspected = await world.query('SELECT source FROM suspected_absences WHERE clerk_user_id = $1', [user.id]);
    expect(suspected).toEqual([{ source: 'sync' }]);
  });

  it('leaves a deleted user deleted, without asking Clerk', async () => {
    const { user, principal } = await member(world);
    await world.deliver(deletion(user.id));
    const before = world.clerk.times(user.id);
    const { result, user: shown } = await sync(principal.userId);
    expect([result, typeof shown?.deletedAt, world.clerk.times(user.id)]).toEqual(['deleted', 'string', before]);
    const early = newClerkId();
    await world.deliver(deletion(early));
    expect(await sync(early)).toMatchObject({ result: 'deleted', user: null });
  });

  it('is recorded in the explanation of the user, with the request id, and in the audit log', async () => {
    const { user, principal } = await member(world);
    const requestId = randomUUID();
    await world.gateway.send(syncUser, { id: principal.userId }, { ...boss.context, requestId });
    const { steps } = await world.gateway.send(explainUser, { id: user.id }, boss.context);
    expect(steps.at(-1)).toMatchObject({ source: 'sync', decision: 'duplicate', correlationId: requestId });
    const { items } = await world.gateway.send(listAudit, { action: 'user.sync', limit: 1 }, boss.context);
    expect(items).toMatchObject([
      {
        ...{ action: 'user.sync', outcome: 'done', requestId, details: { result: 'unchanged' } },
        ...{ actorUserId: boss.principal.userId, userId: principal.userId, subject: user.id },
      },
    ]);
  });
});

describe('the sync of one user changes and records nothing', () => {
  const entries = () => world.query(`SELECT id FROM audit_log WHERE action = 'user.sync'`);

  it.each([
    ['hangs up', hangUp],
    ['answers nothing', silence],
    ['fails', json(500, { errors: [] })],
    ['does not know our key', json(401, { errors: [{ code: 'authentication_invalid' }] })],
  ])('while Clerk %s, and reports it', async (_, outage) => {
    const { user, principal } = await member(world);
    const [row, before] = [await world.user(user.id), await entries()];
    if (outage === silence) world.waitForClerk(300);
    world.clerk.outage = outage;
    await expect(sync(principal.userId)).rejects.toEqual(refusal('clerk_unavailable'));
    world.waitForClerk();
    expect(await world.user(user.id)).toEqual(row);
    expect(await entries()).toEqual(before);
  });

  it('for a local user, an unknown user, and a caller who is not an active admin', async () => {
    const before = await entries();
    const { userId } = await localUser(world, boss);
    await expect(sync(userId)).rejects.toMatchObject({ reason: 'conflict', message: expect.stringContaining('local') });
    await expect(sync(randomUUID())).rejects.toEqual(refusal('not_found'));
    await expect(sync(newClerkId())).rejects.toEqual(refusal('not_found'));
    const ada = await member(world);
    await expect(sync(ada.principal.userId, ada)).rejects.toEqual(refusal('forbidden'));
    const former = { ...ada, context: { ...ada.context, principal: { ...ada.principal, role: 'admin' as const } } };
    await expect(sync(ada.principal.userId, former)).rejects.toEqual(refusal('forbidden'));
    expect(await entries()).toEqual(before);
  });
});
