/*
 * Drill of docs/runbooks/postgresql-failover.md: a streaming standby is promoted, and the services follow through a
 * virtual address. The tests are steps of one story and run in order.
 */
import { eventually } from '@gatehouse/testing';
import { type Member, pathOf } from './drills/drill-calls';
import { FailoverDrill } from './drills/failover-drill';

let drill: FailoverDrill;
let admin: Member;
/** Header with the key whose revocation the failover loses. */
let lostKey: Record<string, string>;

beforeAll(async () => {
  drill = await FailoverDrill.start();
  admin = await drill.join('admin', { role: 'admin' });
}, 600_000);

afterAll(() => drill?.stop());

const ready = () => eventually(async () => expect(await drill.failing()).toEqual([]), { timeoutMs: 60_000 });

it('loses nothing with a synchronous standby, although Clerk and clients go on meanwhile', async () => {
  await drill.addStandby(true);
  const member = await drill.join('member');
  const { id, key } = await drill.newKey(member);
  expect((await drill.me(key)).status).toBe(200);
  let running = true;
  let changes = 0;
  const load = (async () => {
    while (running) await drill.clerk('PATCH', pathOf(member), { first_name: `name ${(changes += 1)}` });
  })();
  try {
    await eventually(() => changes > 20);
    expect((await drill.call('DELETE', `/api/keys/${id}`, member.bearer)).status).toBe(200);
    await drill.failOver();
    const before = changes;
    await eventually(() => changes > before + 20);
  } finally {
    running = false;
    await Promise.allSettled([load]);
  }
  await load;

  await ready();
  await drill.settled();
  expect(await drill.me(key)).toMatchObject({ status: 401, body: { code: 'api_key_revoked' } });
  const { data } = await drill.clerk('GET', '/emulator/deliveries?limit=500');
  const accepted = (data as { message_id: string; status: string }[]).filter(({ status }) => status === 'delivered');
  const rows = await drill.query<{ webhook_id: string }>('ingest', 'SELECT webhook_id FROM webhook_events');
  const recorded = new Set(rows.map(({ webhook_id }) => webhook_id));
  expect(accepted.length).toBeGreaterThan(20);
  expect(accepted.filter((one) => !recorded.has(one.message_id))).toEqual([]);
}, 600_000);

it('loses the last commits with an asynchronous standby, and the gateway names the revocation among them', async () => {
  await drill.addStandby(false);
  const member = await drill.join('other');
  const kept = await drill.newKey(member);
  const revoked = await drill.newKey(member);
  lostKey = revoked.key;
  for (const { key } of [kept, revoked]) expect((await drill.me(key)).status).toBe(200);
  await drill.settled();
  await eventually(async () => expect(await drill.lag()).toBe(0));
  await drill.detachStandby();
  expect((await drill.call('DELETE', `/api/keys/${revoked.id}`, member.bearer)).status).toBe(200);
  await drill.clerk('PATCH', pathOf(member), { first_name: 'lost' });
  await drill.settled();

  await drill.failOver();
  await ready();
  await eventually(async () => expect(drill.logOf('api-gateway')).toContain(`api_key:${revoked.id}`));
  expect((await drill.me(revoked.key)).status).toBe(200);
  expect(await drill.stored()).not.toEqual(await drill.atClerk());
}, 600_000);

it('is repaired by a reconcile run and by repeating the revocation, with no restart', async () => {
  const { status } = await drill.call('POST', '/admin/reconcile', admin.bearer, {});
  expect(status).toBeLessThan(300);
  await drill.settled();
  const lost = /api_key:([0-9a-f-]{36})/.exec(drill.logOf('api-gateway'))?.[1] ?? '';
  const again = await drill.call('DELETE', `/admin/keys/${lost}`, admin.bearer);
  expect(again).toMatchObject({ status: 200, body: { propagation: { number: expect.any(Number) } } });
  expect(await drill.me(lostKey)).toMatchObject({ status: 401, body: { code: 'api_key_revoked' } });
  // Again with another key if the gateway's lease had lapsed, as it may on a busy machine.
  await eventually(async () => {
    const { id } = await drill.newKey(admin);
    const next = await drill.call('DELETE', `/api/keys/${id}`, admin.bearer);
    expect(next).toMatchObject({ status: 200, body: { propagation: { gateways: 1, acknowledged: 1 } } });
  });
  await drill.clerk('PATCH', pathOf(admin), { first_name: 'after' });
  await drill.settled();
});
