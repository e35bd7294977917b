import { randomUUID } from 'node:crypto';
import { userSchema } from '@gatehouse/contracts';
import { createDataSource } from '@gatehouse/persistence';
import { type TestDatabase } from '@gatehouse/testing';
import { Client } from 'pg';
import { migrationDatabase } from '../src/database/database-options';
import { UserEntity } from '../src/database/user.entity';
import { presentUser } from '../src/user-rows/present-user';
import { usersDatabase } from './sync-world';

/** Further columns on which `isActive` in user changes depends. */
const activityColumns = ['clerk_banned', 'clerk_deprovisioned', 'deleted_at'];
/** Fields of the public user that change without a change of the user. */
const notCounted = ['updatedAt', 'lastLoginAt', 'lastActiveAt', 'version'];

let database: TestDatabase;
let sql: Client;
/** Column of each property of the entity. */
let columnOf: ReadonlyMap<string, string>;

beforeAll(async () => {
  database = await usersDatabase();
  sql = new Client({ connectionString: database.ownerUrl });
  await sql.connect();
  const dataSource = await createDataSource(migrationDatabase({ url: database.ownerUrl })).initialize();
  const { columns } = dataSource.getMetadata(UserEntity);
  columnOf = new Map(columns.map(({ propertyName, databaseName }) => [propertyName, databaseName]));
  await dataSource.destroy();
});

afterAll(async () => {
  await sql.end();
  await database.drop();
});

async function insertUser(lastLoginAt: string | null = null): Promise<string> {
  const id = randomUUID();
  await sql.query(
    `INSERT INTO users (id, auth_provider, full_name, referral_code, last_login_at) VALUES ($1::uuid, 'local', 'x', $1::uuid::text, $2)`,
    [id, lastLoginAt],
  );
  return id;
}

async function update(id: string, assignments: string): Promise<{ version: number; first_login_at: Date | null }> {
  const { rows } = await sql.query<{ version: number; first_login_at: Date | null }>(
    `UPDATE users SET ${assignments} WHERE id = $1 RETURNING version, first_login_at`,
    [id],
  );
  return rows[0] ?? { version: 0, first_login_at: null };
}

describe('the version of a user', () => {
  it('counts every field that callers see of themselves, so that a new field cannot be forgotten', async () => {
    const { rows } = await sql.query<{ definition: string }>(
      `SELECT pg_get_triggerdef(oid) AS definition FROM pg_trigger WHERE tgname = 'users_version'`,
    );
    const counted = new Set([...(rows[0]?.definition ?? '').matchAll(/new\.(\w+)/gi)].map(([, column]) => column));
    const shown = Object.keys(userSchema.shape);
    expect(Object.keys(presentUser(sampleUser())).sort()).toEqual([...shown].sort());
    const expected = shown.filter((field) => !notCounted.includes(field)).map((field) => columnOf.get(field));
    expect([...counted].sort()).toEqual([...expected, ...activityColumns, 'version'].sort());
  });

  it('begins at 1 and rises by one with each change, even of several columns', async () => {
    const id = await insertUser();
    expect(await update(id, `city = NULL`)).toMatchObject({ version: 1 });
    expect(await update(id, `city = 'Pune'`)).toMatchObject({ version: 2 });
    expect(await update(id, `state = 'MH', social_links = '{"x": "https://x.example"}'`)).toMatchObject({ version: 3 });
    expect(await update(id, `social_links = '{"x":"https://x.example"}', state = 'MH'`)).toMatchObject({ version: 3 });
  });

  it('stays when activity times, usage or bookkeeping of the synchronization change', async () => {
    const id = await insertUser();
    const changes = [
      'last_login_at = now(), last_active_at = now(), last_logout_at = now(), updated_at = now()',
      `content_hash = 'x', clerk_updated_at = 7, is_synced = true, clerk_locked = true`,
      `hashed_password = 'x', stripe_customer_id = 'x', referred_by = gen_random_uuid(), referred_at = now()`,
    ];
    for (const change of changes) expect(await update(id, change)).toMatchObject({ version: 1 });
  });

  it('cannot be set: an assignment raises it by one as well', async () => {
    const id = await insertUser();
    expect(await update(id, 'version = 1')).toMatchObject({ version: 1 });
    expect(await update(id, 'version = 900')).toMatchObject({ version: 2 });
    expect(await update(id, 'version = 1')).toMatchObject({ version: 3 });
    expect(await update(id, `version = 1, city = 'Pune'`)).toMatchObject({ version: 4 });
  });

  it('counts every one of a hundred concurrent changes', async () => {
    const id = await insertUser();
    const clients = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const client = new Client({ connectionString: database.serviceUrl });
        await client.connect();
        return client;
      }),
    );
    const changeOften = async (client: Client, name: number) => {
      for (let round = 0; round < 20; round += 1) {
        await client.query('UPDATE users SET city = $2 WHERE id = $1', [id, `city ${name} ${round}`]);
      }
      await client.end();
    };
    await Promise.all(clients.map(changeOften));
    expect(await update(id, 'updated_at = now()')).toMatchObject({ version: 101 });
  });
});

describe('the first login of a user', () => {
  it('is set with the first time of a login, by an insert or an update, and stays', async () => {
    const first = new Date('2026-01-02T03:04:05.678Z');
    const inserted = await insertUser(first.toISOString());
    expect(await update(inserted, 'last_login_at = now()')).toMatchObject({ first_login_at: first });
    const id = await insertUser();
    expect(await update(id, `city = 'Pune'`)).toMatchObject({ first_login_at: null });
    expect(await update(id, `last_login_at = '${first.toISOString()}'`)).toMatchObject({ first_login_at: first });
    expect(await update(id, 'last_login_at = now()')).toMatchObject({ first_login_at: first });
  });

  it('is never in the future', async () => {
    const id = await insertUser();
    const { first_login_at: first } = await update(id, `last_login_at = now() + interval '1 year'`);
    expect(first?.getTime()).toBeLessThanOrEqual(Date.now() + 60_000);
  });

  it('stays unknown for a user who had logged in before the column existed', async () => {
    const id = await insertUser('2026-01-02T03:04:05.678Z');
    await update(id, 'first_login_at = NULL');
    expect(await update(id, 'last_login_at = now()')).toMatchObject({ first_login_at: null });
  });
});

function sampleUser(): UserEntity {
  const now = new Date();
  return Object.assign(new UserEntity(), { createdAt: now, updatedAt: now, lastLoginAt: now, lastActiveAt: now });
}
