import { createDataSource, runMigrations, schemaDifferences } from '@gatehouse/persistence';
import { type TestDatabase, createEmptyTestDatabase } from '@gatehouse/testing';
import { Client } from 'pg';
import { migrationDatabase } from '../src/database/database-options';
import { migrateUsers, usersSchemaDifferences } from '../src/database/migrate-users';
import { usersDatabase } from './sync-world';

let database: TestDatabase;

afterEach(() => database.drop());

async function asService(statement: string): Promise<unknown> {
  const client = new Client({ connectionString: database.serviceUrl });
  await client.connect();
  try {
    return await client.query(statement);
  } finally {
    await client.end();
  }
}

/** All migrations, in order. */
const names = [
  'CreateUsers1790000000000',
  'CreateTrust1790000100000',
  'CreateConvergence1790000200000',
  'CreateSignedOutSessions1790000300000',
  'CreateWriteBacks1790000400000',
  'OrderAppliedEvents1790000500000',
  'LetGoOfTheOld1790000610000',
  'IndexAppliedEventsByTime1790000620000',
  'IndexAuditLogByCredential1790000630000',
  'CheckConflictsAgain1790000640000',
  'AddDeprovisionedAndLockoutEnd1790000710000',
  'CreateMetadataCollisions1790000720000',
  'CreateAdminPromises1790000740000',
  'DateAuditEntries1790000740010',
  'AnswerRepeatedExchanges1790000750000',
  'CreateIdempotencyKeys1790000763000',
  'CountUserVersions1790000764000',
  'IndexReferredUsers1790000764010',
  'CreateClerkSignOuts1790000765000',
  'IndexUsersForSearch1790000766010',
  'ContractStripeCustomers1790000766020',
  'CreateUserStream1790000770000',
  'DateUserChanges1790000772000',
  'IndexUsersByChange1790000772010',
  'CreateUserImports1790000781000',
  'ContractExternalIds1790000781010',
  'MarkRepeatableAudit1790000784000',
  'ContractRepeatedAudit1790000784010',
  'ContractUsageColumns1790000790000',
  'NoteServerRun1790000791100',
  'RetryUserImports1790000791200',
];

describe('the migrations', () => {
  it('create the schema of the entities, and a second run changes nothing', async () => {
    database = await createEmptyTestDatabase();
    const owner = { url: database.ownerUrl };
    expect(await migrateUsers(owner)).toEqual(names);
    expect(await usersSchemaDifferences(owner)).toEqual([]);
    expect(await migrateUsers(owner)).toEqual([]);
  });

  it('run once when several processes start them', async () => {
    database = await createEmptyTestDatabase();
    const owner = { url: database.ownerUrl };
    const runs = await Promise.all([1, 2, 3].map(() => migrateUsers(owner)));
    expect(runs.flat()).toEqual(names);
  });

  it('can be reverted to an empty database', async () => {
    database = await createEmptyTestDatabase();
    const dataSource = await createDataSource(migrationDatabase({ url: database.ownerUrl })).initialize();
    try {
      await runMigrations(dataSource);
      await dataSource.undoLastMigration();
      expect(await schemaDifferences(dataSource)).not.toEqual([]);
    } finally {
      await dataSource.destroy();
    }
  });

  it('are compared with the entities: a missing column is reported', async () => {
    database = await usersDatabase();
    const owner = new Client({ connectionString: database.ownerUrl });
    await owner.connect();
    // The trigger of the version depends on the column.
    await owner.query('ALTER TABLE users DROP COLUMN bio CASCADE');
    await owner.query('DROP INDEX users_phone_verified_live_key');
    await owner.end();
    const differences = (await usersSchemaDifferences({ url: database.ownerUrl })).join('\n');
    expect(differences).toContain('bio');
    expect(differences).toContain('users_phone_verified_live_key');
  });
});

describe('the service role', () => {
  it.each([
    'CREATE TABLE mine (id int)',
    'ALTER TABLE users ADD COLUMN mine int',
    'DROP TABLE applied_events',
    'TRUNCATE users',
    'CREATE TEMPORARY TABLE mine (id int)',
  ])('may not %s', async (statement) => {
    database = await usersDatabase();
    await expect(asService(statement)).rejects.toMatchObject({ code: '42501' });
  });
});

describe('the users table', () => {
  const insert = (values: string) =>
    asService(
      `INSERT INTO users (id, auth_provider, full_name, referral_code, email, email_verified, phone_number,
         phone_verified, deleted_at, role) VALUES ${values}`,
    );
  const row = (code: string, email: string, verified: boolean, deleted = false, role = 'user') =>
    `(gen_random_uuid(), 'clerk', 'x', '${code}', '${email}', ${verified}, '${email}', ${verified},
      ${deleted ? 'now()' : 'NULL'}, '${role}')`;

  it('stores a verified address once among live users, in any letter case', async () => {
    database = await usersDatabase();
    await insert(row('BP-1', 'a@example.com', true));
    await expect(insert(row('BP-2', 'A@Example.com', true))).rejects.toMatchObject({
      constraint: 'users_email_verified_live_key',
    });
    await insert(`${row('BP-3', 'a@example.com', false)}, ${row('BP-4', 'a@example.com', true, true)}`);
  });

  it('rejects an invalid role or referral code', async () => {
    database = await usersDatabase();
    await expect(insert(row('BP-1', 'a', false, false, 'root'))).rejects.toMatchObject({ code: '23514' });
    await insert(row('BP-1', 'a', false));
    await expect(insert(row('BP-1', 'b', false))).rejects.toMatchObject({ constraint: 'users_referral_code_key' });
  });
});
