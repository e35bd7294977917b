import { items, listDataAudit } from '@gatehouse/contracts';
import { OwnerRequests } from '../src/requests/owner-requests';
import { DataWorld, caller, ownerOf } from './data-world';

let world: DataWorld;

beforeAll(async () => {
  world = await DataWorld.start();
});

afterAll(() => world?.stop());

const [owner, admin] = [caller(), caller({ role: 'admin' })];
const envelopeOf = (principal: typeof owner) => ({ sub: '', bh: '', rid: 'request-1', iat: 0, exp: 0, principal });

it('an admin who acts as an owner leaves an audit entry, and an owner leaves none', async () => {
  const requests = world.app.get(OwnerRequests);
  const note = { action: 'data.read', subject: 'items/1', details: { reason: 'ticket 7' } } as const;
  await requests.run({ envelope: envelopeOf(owner), body: {} }, note, async () => undefined);
  await requests.run({ envelope: envelopeOf(admin), body: { owner: ownerOf(owner) } }, note, async () => undefined);
  const refused = requests.run({ envelope: envelopeOf(owner), body: { owner: ownerOf(admin) } }, note, async () => 1);
  await expect(refused).rejects.toMatchObject({ reason: 'forbidden' });
  const page = await world.send(listDataAudit, { userId: owner.userId }, admin);
  expect(page.items).toEqual([
    expect.objectContaining({
      action: 'data.read',
      actorUserId: admin.userId,
      userId: owner.userId,
      subject: 'items/1',
      requestId: 'request-1',
      details: { reason: 'ticket 7' },
    }),
  ]);
});

it('an entry is gone when the work that it records fails', async () => {
  const requests = world.app.get(OwnerRequests);
  const asked = { envelope: envelopeOf(admin), body: { owner: ownerOf(owner) } };
  const failing = requests.run(asked, { action: 'data.delete' }, async () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect((await world.send(listDataAudit, { action: 'data.delete' }, admin)).items).toEqual([]);
});

it('a refusal is audited too, because it tells the admin something about the data', async () => {
  const [user, curious] = [caller(), caller({ role: 'admin' })];
  const { id } = await world.send(items.create, { fields: { title: 'a' } }, user);
  const change = { owner: ownerOf(user), id, ifMatch: [7], fields: { title: 'b' } };
  await expect(world.send(items.update, change, curious)).rejects.toMatchObject({ reason: 'version_mismatch' });
  const missing = { owner: ownerOf(user), id: user.userId };
  await expect(world.send(items.get, missing, curious)).rejects.toMatchObject({ reason: 'not_found' });
  await world.send(items.get, { owner: ownerOf(user), id }, curious);
  const listed = async (outcome?: 'done' | 'refused') => {
    const page = await world.send(listDataAudit, { userId: curious.userId, outcome }, admin);
    return page.items.map(({ action, outcome: ended, reason, subject }) => [action, ended, reason, subject]);
  };
  const refused = [
    ['data.read', 'refused', 'not_found', `items/${user.userId}`],
    ['data.update', 'refused', 'version_mismatch', `items/${id}`],
  ];
  const done = ['data.read', 'done', null, `items/${id}`];
  expect(await listed()).toEqual([done, ...refused]);
  expect(await listed('refused')).toEqual(refused);
  expect(await listed('done')).toEqual([done]);
});

it('only admins list the entries', async () => {
  await expect(world.send(listDataAudit, {}, owner)).rejects.toMatchObject({ reason: 'forbidden' });
  await expect(world.send(listDataAudit, {}, null)).rejects.toMatchObject({ reason: 'unauthenticated' });
});
