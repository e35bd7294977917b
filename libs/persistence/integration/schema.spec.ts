import { withClient } from '@gatehouse/local-stack';
import { createEmptyTestDatabase, type TestDatabase } from '@gatehouse/testing';
import { type DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { createDataSource, databaseReadiness, requireSchema, runMigrations } from '../src';

class CreateNotes1790000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE notes (body text)');
  }

  async down(): Promise<void> {}
}

class AddAuthor1790000000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE notes ADD author text');
  }

  async down(): Promise<void> {}
}

class AddTopic1790000000020 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE notes ADD topic text');
  }

  async down(): Promise<void> {}
}

type Migration = new () => MigrationInterface;

describe('the schema that a build needs', () => {
  let database: TestDatabase;
  const open: DataSource[] = [];
  beforeEach(async () => {
    database = await createEmptyTestDatabase();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((dataSource) => dataSource.destroy()));
    await database.drop();
  });

  const connect = async (url: string, migrations: Migration[]) => {
    const dataSource = await createDataSource({
      url,
      applicationName: 'persistence-test',
      poolSize: 2,
      statementTimeoutMs: 10_000,
      entities: [],
      migrations,
    }).initialize();
    open.push(dataSource);
    return dataSource;
  };
  const migrate = async (migrations: Migration[]) => runMigrations(await connect(database.ownerUrl, migrations));
  const service = (migrations: Migration[]) => connect(database.serviceUrl, migrations);

  it('is rejected with the first missing migration and the command when nothing was migrated', async () => {
    const dataSource = await service([CreateNotes1790000000000, AddAuthor1790000000010]);
    await expect(requireSchema(dataSource, 'user-sync')).rejects.toMatchObject({
      code: 'SCHEMA_OUTDATED',
      message:
        'the database lacks CreateNotes1790000000000 and 1 later migration: ' +
        'run "node dist/apps/user-sync/src/migrate.js" with the URL of its owner in DATABASE_URL',
    });
  });

  it('is rejected with the missing migration when the database is partly migrated', async () => {
    await migrate([CreateNotes1790000000000]);
    const dataSource = await service([CreateNotes1790000000000, AddAuthor1790000000010]);
    await expect(requireSchema(dataSource, 'user-sync')).rejects.toThrow(
      'the database lacks AddAuthor1790000000010: run',
    );
  });

  it('is accepted when the database is ahead, as during a rollout', async () => {
    await migrate([CreateNotes1790000000000, AddAuthor1790000000010, AddTopic1790000000020]);
    await requireSchema(await service([CreateNotes1790000000000, AddAuthor1790000000010]), 'user-sync');
  });

  it('fails the readiness check when an older state of the database is restored while the service runs', async () => {
    await migrate([CreateNotes1790000000000, AddAuthor1790000000010]);
    const checks = databaseReadiness(await service([CreateNotes1790000000000, AddAuthor1790000000010]), 'user-sync');
    const [connection, schema] = checks;
    expect(checks.map(({ name }) => name)).toEqual(['database', 'schema']);
    await schema?.check();
    await withClient(database.ownerUrl, (owner) =>
      owner.query(`DELETE FROM migrations WHERE name = 'AddAuthor1790000000010'`),
    );
    await connection?.check();
    await expect(schema?.check()).rejects.toThrow('the database lacks AddAuthor1790000000010');
  });

  it('is rejected with the missing grant when the service cannot read the table of applied migrations', async () => {
    await migrate([CreateNotes1790000000000]);
    const role = new URL(database.serviceUrl).username;
    await withClient(database.ownerUrl, (owner) => owner.query(`REVOKE SELECT ON migrations FROM "${role}"`));
    await expect(requireSchema(await service([CreateNotes1790000000000]), 'user-sync')).rejects.toThrow(
      'grant it SELECT on that table',
    );
  });
});
