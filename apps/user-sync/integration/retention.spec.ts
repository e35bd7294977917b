import { withClient } from '@gatehouse/local-stack';
import { DataSource } from 'typeorm';
import { Pruner } from '../src/retention/pruner';
import { T0, clerkUser, deletion, newClerkId, sessionEvent, userEvent } from './clerk-events';
import { type Member, keyOf, member } from './members';
import { SyncWorld } from './sync-world';

let world: SyncWorld;

beforeAll(async () => {
  world = await SyncWorld.start();
});

afterEach(() => world.closeApps());

afterAll(() => world.dispose());

const prune = () => world.apps[0]?.get(Pruner).prune();
const age = (days: number, ...clerkUserIds: string[]) =>
  world.query(`UPDATE applied_events SET applied_at = now() - $1 * interval '1 day' WHERE clerk_user_id = ANY ($2)`, [
    days,
    clerkUserIds,
  ]);

async function audited(action: string, days: number): Promise<void> {
  await world.query(
    `INSERT INTO audit_log (at, action, outcome, request_id) VALUES (now() - $2 * interval '1 day', $1, 'done', 'r')`,
    [action, days],
  );
}

const audits = async () =>
  (await world.query<{ action: string }>('SELECT action FROM audit_log ORDER BY at')).map(({ action }) => action);

describe('an applied event', () => {
  it('is deleted after its retention, and a later repetition of the event changes nothing', async () => {
    await world.boot();
    const user = clerkUser(newClerkId());
    const older = userEvent('user.created', user);
    const newer = userEvent('user.updated', { ...user, updated_at: T0 + 5_000, first_name: 'Newer' });
    const gone = clerkUser(newClerkId());
    const login = sessionEvent('session.created', user.id, { created_at: T0 + 1_000, updated_at: T0 + 1_000 });
    const events = [older, newer, login, userEvent('user.created', gone), deletion(gone.id)];
    const published = [];
    for (const event of events) {
      const about = await world.publish(event);
      await world.outcomeOf(about);
      published.push(about);
    }
    const kept = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', kept));
    await age(401, user.id, gone.id);
    await age(399, kept.id);
    const users = () => world.query('SELECT * FROM users ORDER BY id');
    const before = await users();
    await prune();
    expect(await world.decisionsOf(user.id)).toEqual([]);
    expect(await world.decisionsOf(kept.id)).toEqual(['create']);

    const again = [];
    for (const [index, event] of events.entries()) {
      const outcome = await world.deliver(event, { ...published[index], publishNumber: 2 });
      again.push(outcome.status === 'failed' ? outcome.error.code : outcome.decision);
    }
    expect(again).toEqual(['stale', 'duplicate', expect.any(String), 'tombstoned', 'duplicate']);
    expect(await users()).toEqual(before);
  });

  it('is kept when the retention is 0', async () => {
    await world.boot({ APPLIED_RETENTION_DAYS: '0' });
    const user = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', user));
    await age(30_000, user.id);
    await prune();
    expect(await world.decisionsOf(user.id)).toEqual(['create']);
  });
});

describe('a metadata collision', () => {
  it('is deleted after its retention when it has ended, and kept while it is open', async () => {
    await world.boot();
    const user = clerkUser(newClerkId());
    await world.deliver(userEvent('user.created', user));
    await world.query(
      `INSERT INTO metadata_collisions (user_id, key, state, detected_at, ended_at)
       SELECT u.id, c.key, c.state, now() - interval '500 days', now() - c.days * interval '1 day'
         FROM users u, (VALUES ('a', 'gone', 401), ('b', 'taken', 399), ('c', 'open', NULL), ('d', 'left', NULL))
              AS c(key, state, days)
        WHERE u.clerk_user_id = $1`,
      [user.id],
    );
    await prune();
    const kept = await world.query<{ key: string }>('SELECT key FROM metadata_collisions ORDER BY key');
    expect(kept.map(({ key }) => key)).toEqual(['b', 'c', 'd']);
  });
});

describe('the audit log', () => {
  beforeEach(async () => {
    await world.query('ALTER TABLE audit_log DISABLE TRIGGER ALL');
    await world.query('DELETE FROM audit_log');
    await audited('old', 401);
    await audited('young', 91);
    await audited('youngest', 1);
    await world.query('ALTER TABLE audit_log ENABLE TRIGGER ALL');
  });

  it('is deleted after its retention', async () => {
    await world.boot();
    await prune();
    expect(await audits()).toEqual(['young', 'youngest']);
  });

  it('is kept when the retention is 0', async () => {
    await world.boot({ AUDIT_RETENTION_DAYS: '0' });
    await prune();
    expect(await audits()).toEqual(['old', 'young', 'youngest']);
  });

  it('cannot lose entries of the last 90 days, even to the service', async () => {
    await world.boot();
    const dataSource = world.apps[0]?.get(DataSource);
    await expect(dataSource?.query(`DELETE FROM audit_log WHERE action = 'youngest'`)).rejects.toThrow(/for 90 days/);
    await expect(dataSource?.query('TRUNCATE audit_log')).rejects.toMatchObject({ driverError: { code: '42501' } });
    expect(await audits()).toEqual(['old', 'young', 'youngest']);
  });

  describe('as the service role', () => {
    const insert = (columns: string, values: string, overriding = '') =>
      `INSERT INTO audit_log (${columns}, action, outcome, request_id) ${overriding} VALUES (${values}, 'forged', 'done', 'r')
       RETURNING at <= recorded_at AS past, recorded_at > now() - interval '1 minute' AS dated`;
    const asService = (text: string) =>
      withClient(world.database.serviceUrl, async (client) => (await client.query<Record<string, boolean>>(text)).rows);

    it('records the time of the database, whatever time an insert contains', async () => {
      const claims = [
        insert('recorded_at', `now() - interval '1 year'`),
        insert('recorded_at', `now() + interval '1 year'`),
        insert('at', `now() + interval '1 year'`),
        insert('at', `now() - interval '24 hours'`),
      ];
      for (const claim of claims) expect(await asService(claim)).toEqual([{ past: true, dated: true }]);
    });

    it.each([
      ['an entry of two days ago', insert('at', `now() - interval '2 days'`)],
      ['an entry under an earlier number', insert('id', '1', 'OVERRIDING SYSTEM VALUE')],
      ['another action in an entry', `UPDATE audit_log SET action = 'harmless'`],
      ['an entry without its time', 'UPDATE audit_log SET recorded_at = NULL'],
      ['the loss of young entries', `DELETE FROM audit_log WHERE action = 'youngest'`],
      ['the loss of all entries', 'TRUNCATE audit_log'],
      ['the end of the guard', 'ALTER TABLE audit_log DISABLE TRIGGER ALL'],
      ['another guard', 'DROP FUNCTION date_audit_entry() CASCADE'],
    ])('rejects %s', async (_what, statement) => {
      // The session knows the id that a regular entry would have got.
      const tried = asService(`SELECT nextval(pg_get_serial_sequence('audit_log', 'id')); ${statement}`);
      await expect(tried).rejects.toMatchObject({ code: '42501' });
      expect(await audits()).toEqual(['old', 'young', 'youngest']);
    });
  });
});

describe('an API key that has ended', () => {
  const days = (count: number) => `now() - interval '${count} days'`;

  async function keyThat(ada: Member, name: string, ends: string): Promise<void> {
    const { id } = await keyOf(world, ada, { name });
    await world.query(`UPDATE api_keys SET ${ends} WHERE id = $1`, [id]);
  }

  async function keysAfter(environment: Record<string, string>): Promise<unknown[]> {
    await world.boot(environment);
    const ada = await member(world);
    await keyThat(ada, 'revoked long ago', `revoked_at = ${days(401)}`);
    await keyThat(ada, 'expired long ago', `expires_at = ${days(401)}`);
    await keyThat(ada, 'rotated long ago', `expires_at = ${days(1)}, grace_ends_at = ${days(401)}`);
    await keyThat(ada, 'revoked', `revoked_at = ${days(399)}, expires_at = ${days(401)}`);
    await keyThat(ada, 'expired', `expires_at = ${days(399)}`);
    await keyThat(ada, 'alive', `created_at = ${days(4_000)}`);
    await prune();
    const { userId } = ada.principal;
    const rows = await world.query<{ name: string }>('SELECT name FROM api_keys WHERE user_id = $1', [userId]);
    return rows.map(({ name }) => name).sort();
  }

  it('is deleted with the audit entries about it, and no other key is', async () => {
    expect(await keysAfter({})).toEqual(['alive', 'expired', 'revoked']);
  });

  it('is kept when the audit log is', async () => {
    expect(await keysAfter({ AUDIT_RETENTION_DAYS: '0' })).toHaveLength(6);
  });
});
