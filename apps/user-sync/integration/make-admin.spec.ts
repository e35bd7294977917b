import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { workspaceRoot } from '@gatehouse/local-stack';
import { eventually } from '@gatehouse/testing';
import { DataSource } from 'typeorm';
import { ClerkAddresses } from '../src/clerk/clerk-addresses';
import { describeGrant } from '../src/users/grant-admin/command';
import { grantAdmin } from '../src/users/grant-admin/grant-admin';
import { type UserJson, clerkUser, deletion, newClerkId, userEvent, withEmail } from './clerk-events';
import { json } from './clerk-api';
import { ListeningGateway } from './listening-gateway';
import { SyncWorld } from './sync-world';

const PATIENCE = { timeoutMs: 60_000 };
const run = promisify(execFile);

let world: SyncWorld;

beforeAll(async () => {
  world = await SyncWorld.start();
  await world.boot({ RECONCILE_INTERVAL_MS: '0' });
  await world.boot({ RECONCILE_INTERVAL_MS: '0' });
});

afterEach(() => (world.clerk.outage = undefined));
afterAll(() => world?.dispose());

interface Ran {
  readonly code: number;
  readonly out: string;
}

/** Runs the built command in its own process, as an operator does. */
async function makeAdmin(...args: string[]): Promise<Ran> {
  const command = join(workspaceRoot(), 'dist/apps/user-sync/src/make-admin.js');
  const env = {
    DATABASE_URL: world.database.serviceUrl,
    CLERK_SECRET_KEY: 'sk_test_userSyncIntegration',
    CLERK_API_URL: world.clerk.url,
    CLERK_REQUESTS_PER_10S: '100000',
  };
  try {
    const { stdout } = await run(process.execPath, [command, ...args], { env, timeout: 60_000 });
    return { code: 0, out: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: `${stdout}${stderr}` };
  }
}

/** Output of the same command, run in this process, which saves seconds. */
async function grantTo(email: string): Promise<string> {
  const [app] = world.apps;
  if (app === undefined) throw new Error('no replica runs');
  return describeGrant(await grantAdmin(app.get(DataSource), app.get(ClerkAddresses), email));
}

/** A user at Clerk with a unique address. */
function atClerk(status = 'verified'): { user: UserJson; email: string } {
  const id = newClerkId();
  const email = `${id.slice(5)}@Example.com`;
  const user = withEmail(clerkUser(id), email, status);
  world.clerk.directory.users.push(user);
  return { user, email };
}

const publish = (user: UserJson) => world.deliver(userEvent('user.created', user));
const roleOf = async (user: UserJson) => (await world.user(user.id))?.role;
const auditOf = async (user: UserJson) =>
  world.query(
    `SELECT action, method, actor_user_id, details FROM audit_log
      WHERE user_id = (SELECT id FROM users WHERE clerk_user_id = $1) ORDER BY id`,
    [user.id],
  );
const promises = () => world.query<{ state: string; email: string | null }>('SELECT state, email FROM admin_promises');
const grant = {
  ...{ action: 'user.role', method: null, actor_user_id: null },
  details: { before: 'user', after: 'admin', source: 'command' },
};

describe('the command that makes an admin', () => {
  it('makes the user with the verified address an admin, in any letter case', async () => {
    const { user, email } = atClerk();
    await publish(user);
    const gateway = await new ListeningGateway(world).start();
    const { code, out } = await makeAdmin(email.toUpperCase());
    expect([code, out]).toEqual([0, expect.stringContaining('is an admin now')]);
    const row = await world.user(user.id);
    expect(row).toMatchObject({ role: 'admin' });
    expect(await auditOf(user)).toEqual([grant]);
    // Gateways receive the trust change and a write-back is pending, as after a change by an admin.
    await eventually(
      () => gateway.changes.some((change) => change.kind === 'user' && change.reason === 'role'),
      PATIENCE,
    );
    expect(await world.query('SELECT state, reason FROM write_backs WHERE user_id = $1', [row?.id])).toEqual([
      { state: 'pending', reason: 'role' },
    ]);
    await gateway.stop();
  });

  it('changes nothing when it is repeated', async () => {
    const { user, email } = atClerk();
    await publish(user);
    await grantTo(email);
    expect(await grantTo(email)).toContain('is already an admin');
    expect(await auditOf(user)).toEqual([grant]);
  });

  it('reads the holder of the address from Clerk, not from the row', async () => {
    const { user, email } = atClerk('unverified');
    await publish(user);
    await world.query('UPDATE users SET email_verified = true WHERE clerk_user_id = $1', [user.id]);
    const { code, out } = await makeAdmin(email);
    expect([code, out]).toEqual([1, expect.stringContaining('Clerk shows this address as unverified')]);
    expect(await roleOf(user)).toBe('user');
    expect(await promises()).not.toContainEqual({ state: 'open', email: email.toLowerCase() });
  });

  it('rejects an address that is only reserved, and one that several users have verified', async () => {
    const reserved = atClerk();
    for (const address of reserved.user.email_addresses as { reserved?: boolean }[]) address.reserved = true;
    await publish(reserved.user);
    await expect(grantTo(reserved.email)).rejects.toThrow('Clerk shows this address as unverified');
    const { user, email } = atClerk();
    world.clerk.directory.users.push(withEmail(clerkUser(newClerkId()), email));
    await expect(grantTo(email)).rejects.toThrow('several users');
    expect([await roleOf(reserved.user), await world.user(user.id)]).toEqual(['user', undefined]);
  });

  it('rejects a user who was deactivated or deleted here', async () => {
    const [inactive, deleted] = [atClerk(), atClerk()];
    await publish(inactive.user);
    await publish(deleted.user);
    await world.query('UPDATE users SET is_active = false WHERE clerk_user_id = $1', [inactive.user.id]);
    await world.deliver(deletion(deleted.user.id));
    await expect(grantTo(inactive.email)).rejects.toThrow('deactivated');
    await expect(grantTo(deleted.email)).rejects.toThrow('deleted');
    expect(await roleOf(inactive.user)).toBe('user');
  });

  it('does not promise the role while Clerk does not answer', async () => {
    world.clerk.outage = json(503, { errors: [{ code: 'unavailable' }] });
    const before = await promises();
    await expect(grantTo('nobody.yet@example.com')).rejects.toThrow('Clerk');
    expect(await promises()).toEqual(before);
  });

  it('prints its usage without an address', async () => {
    expect(await makeAdmin()).toEqual({ code: 2, out: expect.stringContaining('usage: make-admin') });
  });
});

describe('a promise of the admin role', () => {
  it('is redeemed once, when the user is here and Clerk shows the address as verified', async () => {
    const id = newClerkId();
    const email = `${id.slice(5)}@example.com`;
    expect(await grantTo(email.toUpperCase())).toContain('becomes an admin');
    expect(await grantTo(email)).toContain('already promised to this address');
    expect((await makeAdmin('--list')).out).toContain(email);
    const user = withEmail(clerkUser(id), email);
    world.clerk.directory.users.push(user);
    await publish(user);
    await eventually(async () => expect(await roleOf(user)).toBe('admin'), PATIENCE);
    expect((await auditOf(user)).map(({ action }) => action)).toEqual(['admin_promise.use', 'user.role']);
    // The promise is used: the next user with the address gets nothing.
    world.clerk.directory.users = world.clerk.directory.users.filter((each) => each.id !== id);
    const next = withEmail(clerkUser(newClerkId()), email);
    world.clerk.directory.users.push(next);
    await world.deliver(deletion(id));
    await publish(next);
    expect(await world.query(`SELECT FROM admin_promises WHERE state = 'open' AND email = $1`, [email])).toEqual([]);
    expect(await roleOf(next)).toBe('user');
  });

  it('is not redeemed by an event alone, without asking Clerk', async () => {
    const id = newClerkId();
    const email = `${id.slice(5)}@example.com`;
    await grantTo(email);
    await publish(withEmail(clerkUser(id), email));
    const checks = () =>
      world.query('SELECT FROM admin_promises WHERE email = $1 AND checked_at > created_at', [email]);
    await eventually(async () => expect(await checks()).toHaveLength(1), PATIENCE);
    expect((await world.user(id))?.role).toBe('user');
    expect(await makeAdmin('--cancel', email)).toEqual({ code: 0, out: 'The promise is cancelled.\n' });
  });

  it('expires after seven days, and is audited', async () => {
    const { email } = atClerk();
    world.clerk.directory.users.pop();
    await grantTo(email);
    const [promise] = await world.query<{ id: string; days: number }>(
      `SELECT id, extract(epoch FROM expires_at - created_at)::int / 86400 AS days FROM admin_promises WHERE email = $1`,
      [email.toLowerCase()],
    );
    expect(promise?.days).toBe(7);
    await world.query('UPDATE admin_promises SET expires_at = now() WHERE id = $1', [promise?.id]);
    const audit = () =>
      world.query('SELECT action, details FROM audit_log WHERE subject = $1 ORDER BY id', [promise?.id]);
    await eventually(async () => expect(await audit()).toHaveLength(2), PATIENCE);
    expect(await audit()).toEqual([
      { action: 'admin_promise.make', details: { source: 'command' } },
      { action: 'admin_promise.expire', details: { source: 'command' } },
    ]);
    expect(await promises()).not.toContainEqual({ state: 'open', email: email.toLowerCase() });
  });
});
