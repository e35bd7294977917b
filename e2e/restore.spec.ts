/*
 * Drill of docs/runbooks/restore-from-backup.md: a physical backup, work after it, the loss of PostgreSQL and NATS, and
 * the restore. The tests are steps of one story and run in order.
 */
import { eventually } from '@gatehouse/testing';
import { type BaseBackup } from './drills/base-backup';
import { type Member, pathOf } from './drills/drill-calls';
import { RestoreDrill } from './drills/restore-drill';

const NAMES = [
  'kept',
  'renamed',
  'deleted',
  'banned',
  'demoted',
  'deactivated',
  'erased',
  'signedout',
  'everywhere',
] as const;
type Name = (typeof NAMES)[number];

let drill: RestoreDrill;
let admin: Member;
let members: Record<Name, Member>;
let keys: Record<Name, Record<string, string>>;
let keyIds: Record<Name, string>;
let local: Record<string, string>;
let backup: BaseBackup;
let backedUpAt: string;
/** Clerk users who were created after the backup, with the id that the lost database gave them. */
let newcomers: { readonly clerkUserId: string; readonly lostId: string }[];
let lateKey: Record<string, string>;

beforeAll(async () => {
  drill = await RestoreDrill.start();
  admin = await drill.join('admin', { role: 'admin' });
  members = Object.fromEntries(
    await Promise.all(NAMES.map(async (name) => [name, await drill.join(name)] as const)),
  ) as Record<Name, Member>;
  const made = await Promise.all(NAMES.map(async (name) => [name, await drill.newKey(members[name])] as const));
  keys = Object.fromEntries(made.map(([name, { key }]) => [name, key])) as typeof keys;
  keyIds = Object.fromEntries(made.map(([name, { id }]) => [name, id])) as typeof keyIds;
  local = await logInLocally();
  await keepItem('before the backup');
  await setRole(members.demoted, 'developer');
  await eventually(async () =>
    expect(await drill.clerk('GET', pathOf(members.demoted))).toMatchObject({ public_metadata: { role: 'developer' } }),
  );
  await drill.clerk('DELETE', pathOf(members.erased));
  await drill.settled();
}, 600_000);

afterAll(() => drill?.stop());

const LOCAL = 'local@example.com';
const PASSWORD = 'correct horse battery staple';

/** Creates a local user and returns the credential of its Gatehouse session. */
async function logInLocally(): Promise<Record<string, string>> {
  const made = await drill.call('POST', '/admin/users', admin.bearer, { email: LOCAL, firstName: 'Local' });
  await spend(made.body.passwordToken as { token: string }, PASSWORD);
  const login = await logIn(PASSWORD);
  expect(login.status).toBe(200);
  return { authorization: `Bearer ${login.body.token}` };
}

const logIn = (password: string) => drill.call('POST', '/auth/login', {}, { email: LOCAL, password });

async function spend({ token }: { readonly token: string }, password: string): Promise<void> {
  expect((await drill.call('POST', '/auth/password', {}, { token, password })).status).toBe(200);
}

/** Gives the local user another password, which ends its session. */
async function replacePassword(): Promise<void> {
  const made = await drill.call('POST', `/admin/users/${LOCAL}/password-token`, admin.bearer, {});
  await spend(made.body.passwordToken as { token: string }, 'another one, after the backup');
}

/** Stores an item of a user. */
async function keepItem(title: string): Promise<void> {
  expect((await drill.call('POST', '/api/items', members.kept.bearer, { title })).status).toBe(201);
}

async function setRole(member: Member, role: string): Promise<void> {
  const answer = await drill.call('PUT', `/admin/users/${member.clerkUserId}/role`, admin.bearer, { role });
  expect(answer.status).toBe(200);
}

it('takes a physical backup while users change, and goes on', async () => {
  backup = await drill.backUp(() => drill.clerk('PATCH', pathOf(members.kept), { first_name: 'during' }));
  backedUpAt = new Date().toISOString();

  await drill.clerk('PATCH', pathOf(members.renamed), { first_name: 'new name' });
  await drill.clerk('DELETE', pathOf(members.deleted));
  await drill.clerk('POST', `${pathOf(members.banned)}/ban`);
  const late = [await drill.join('late1'), await drill.join('late2')];
  lateKey = (await drill.newKey(late[0] as Member)).key;
  await setRole(members.demoted, 'user');
  const { status } = await drill.call(
    'POST',
    `/admin/users/${members.deactivated.clerkUserId}/deactivate`,
    admin.bearer,
    {},
  );
  expect(status).toBe(200);
  expect((await drill.call('DELETE', `/api/keys/${keyIds.renamed}`, members.renamed.bearer)).status).toBe(200);
  await replacePassword();
  await keepItem('after the backup');
  expect((await drill.call('POST', '/auth/logout', members.signedout.bearer, {})).status).toBe(200);
  expect((await drill.call('DELETE', '/api/auth-sessions', members.everywhere.bearer)).status).toBe(200);
  const erasure = `/admin/webhook-events/payloads/${members.erased.clerkUserId}`;
  expect((await drill.call('DELETE', erasure, admin.bearer)).status).toBe(200);
  await drill.settled();
  newcomers = await Promise.all(
    late.map(async (member) => ({ clerkUserId: member.clerkUserId, lostId: await drill.idOf(member) })),
  );
  for (const { clerkUserId, lostId } of newcomers) {
    expect(await drill.clerk('GET', `/v1/users/${clerkUserId}`)).toMatchObject({ public_metadata: { dbId: lostId } });
  }
});

it('has the state of the backup after the restore, in which revoked credentials are valid', async () => {
  await drill.loseEverything();
  await drill.restore(backup);

  const names = [...(await drill.stored()).values()].map((row) => (row as { first_name: string }).first_name);
  expect(names).toContain('renamed');
  expect(names).toContain('deleted');
  expect(names).not.toContain('late1');
  const valid = await drill.query<{ id: string }>('users', 'SELECT id FROM api_keys WHERE revoked_at IS NULL');
  expect(valid.map(({ id }) => id)).toContain(keyIds.renamed);
});

it('after-restore ends what was revoked, and names the roles that were changed', async () => {
  const report = await drill.run('user-sync', 'after-restore', ['--log', drill.userSyncLog, '--since', backedUpAt]);

  expect(report.split('\n')).toEqual(
    expect.arrayContaining([
      'API keys revoked: 1',
      'API keys that stay valid: 7',
      'Gatehouse sessions ended: 1',
      // Those of the deleted and the banned user ended at Clerk.
      expect.stringMatching(/^Clerk sessions signed out: [1-9]$/),
      'Users signed out everywhere: 1',
      'Passwords removed: 1',
      'Users deactivated: 1',
      expect.stringMatching(/^Reconcile run queued: /),
      `  ${await drill.idOf(members.demoted)}`,
    ]),
  );
});

it('after-restore makes user-data write its stream anew', async () => {
  expect(await drill.run('user-data', 'after-restore', [])).toContain('Stream to write anew: GATEHOUSE_DATA\n');
});

it('makes every user equal to Clerk again by itself', async () => {
  await drill.startServices();
  await eventually(
    async () => {
      expect(await drill.stored()).toEqual(await drill.atClerk());
      expect(await drill.query('users', `SELECT id FROM reconcile_runs WHERE state IN ('queued', 'running')`)).toEqual(
        [],
      );
    },
    { intervalMs: 200 },
  );
  expect(await drill.query('users', `SELECT state FROM reconcile_runs WHERE state <> 'done'`)).toEqual([]);
});

it('rejects every credential that had ended, without a restart of the gateway', async () => {
  await eventually(async () => expect((await drill.me(keys.kept)).status).toBe(200));
  expect(await drill.me(keys.renamed)).toMatchObject({ status: 401, body: { code: 'api_key_revoked' } });
  expect(await drill.me(local)).toMatchObject({ status: 401, body: { code: 'token_revoked' } });
  expect(await drill.me(members.signedout.bearer)).toMatchObject({ status: 401, body: { code: 'token_revoked' } });
  expect(await drill.me(members.everywhere.bearer)).toMatchObject({ status: 401, body: { code: 'token_revoked' } });
  for (const name of ['banned', 'deactivated'] as const) {
    expect({ name, ...(await drill.me(keys[name])) }).toMatchObject({
      name,
      status: 403,
      body: { code: 'account_inactive' },
    });
  }
  expect((await drill.me(keys.deleted)).status).toBe(401);
  // The password from before the backup.
  expect(await logIn(PASSWORD)).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
  // Lost with the database: its holder creates another.
  expect((await drill.me(lateKey)).status).toBe(401);
});

it('has what users stored before the backup', async () => {
  await eventually(async () => {
    const { status, body } = await drill.call('GET', '/api/items', members.kept.bearer);
    expect([status, (body.items as { title: string }[]).map(({ title }) => title)]).toEqual([
      200,
      ['before the backup'],
    ]);
  });
});

it('revokes at once at the gateway that has seen higher numbers', async () => {
  const { key, id } = await drill.newKey(members.kept);
  expect((await drill.me(key)).status).toBe(200);
  await eventually(async () => {
    const revoked = await drill.call('DELETE', `/api/keys/${id}`, members.kept.bearer);
    expect([revoked.status, revoked.body.propagation ?? { acknowledged: 1 }]).toMatchObject([200, { acknowledged: 1 }]);
  });
  expect((await drill.me(key)).status).toBe(401);
});

it('finds the ids and roles at Clerk that the lost database had written, and an admin takes them', async () => {
  const collisions = await eventually(async () => {
    const { body } = await drill.call('GET', '/admin/metadata-collisions?state=open&limit=100', admin.bearer);
    const items = body.items as { id: string; key: string; clerkValue: unknown; clerkUserId: string }[];
    expect(items.map(({ key, clerkValue }) => ({ key, clerkValue }))).toEqual(
      expect.arrayContaining([
        ...newcomers.map(({ lostId }) => ({ key: 'dbId', clerkValue: JSON.stringify(lostId) })),
        { key: 'role', clerkValue: '"user"' },
      ]),
    );
    return items;
  });
  // The role at Clerk is the newer one. The ids belong to nobody any more.
  expect(
    (await drill.call('PUT', `/admin/users/${members.demoted.clerkUserId}/role`, admin.bearer, { role: 'user' }))
      .status,
  ).toBe(200);
  const ids = collisions.filter(({ key }) => key === 'dbId').map(({ id }) => id);
  expect((await drill.call('POST', '/admin/metadata-collisions/take', admin.bearer, { ids })).status).toBe(200);

  await eventually(
    async () => {
      for (const one of newcomers) {
        const dbId = await drill.idOf(one);
        expect(dbId).not.toBe(one.lostId);
        expect(await drill.clerk('GET', `/v1/users/${one.clerkUserId}`)).toMatchObject({ public_metadata: { dbId } });
      }
      const { body } = await drill.call('GET', '/admin/metadata-collisions?state=open', admin.bearer);
      expect(body.items).toEqual([]);
    },
    { intervalMs: 200 },
  );
});

it('needs an erasure to be repeated, whose order is in the log of the ingest', async () => {
  const { clerkUserId } = members.erased;
  expect(drill.logOf('webhook-ingest')).toContain(`"clerkUserId":"${clerkUserId}"`);
  const bodies = `SELECT event.id FROM webhook_events event JOIN event_bodies body ON body.event_id = event.id WHERE clerk_user_id = $1`;
  expect(await drill.query('ingest', bodies, [clerkUserId])).not.toEqual([]);

  const report = JSON.parse(await drill.run('webhook-ingest', 'erase', [clerkUserId, '--force'])) as { bodies: number };

  expect(report.bodies).toBeGreaterThan(0);
  expect(await drill.query('ingest', bodies, [clerkUserId])).toEqual([]);
});

it('applies new webhooks, and those that are replayed at Clerk', async () => {
  const count = async () => (await drill.query('ingest', 'SELECT id FROM webhook_events')).length;
  const before = await count();
  const { data: endpoints } = await drill.clerk('GET', '/emulator/endpoints');
  const [endpoint] = endpoints as { id: string }[];
  const replay = await drill.clerk('POST', `/emulator/endpoints/${endpoint?.id}/replay`, { since: backedUpAt });
  expect(replay.count).toBeGreaterThan(5);
  await eventually(async () => expect(await count()).toBeGreaterThan(before));
  await drill.clerk('PATCH', pathOf(members.renamed), { first_name: 'after' });
  await drill.settled();
  expect(await drill.query('ingest', `SELECT event_type FROM webhook_events WHERE status = 'failed'`)).toEqual([]);
});

it('revokes every API key when the log is lost, also beside running services', async () => {
  expect((await drill.me(keys.kept)).status).toBe(200);
  const report = await drill.run('user-sync', 'after-restore', ['--revoke-all-keys']);
  expect(report).toContain('API keys that stay valid: 0');
  await eventually(async () => {
    expect(await drill.me(keys.kept)).toMatchObject({ status: 401, body: { code: 'api_key_revoked' } });
  });
});
