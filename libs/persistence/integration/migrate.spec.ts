import { withClient } from '@gatehouse/local-stack';
import { createEmptyTestDatabase, type TestDatabase } from '@gatehouse/testing';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createDataSource, runMigrations } from '../src';

class CreateNotes1790000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE notes (body text)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE notes');
  }
}

describe('the table of applied migrations', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createEmptyTestDatabase();
  });
  afterEach(() => database.drop());

  const migrate = async () => {
    const dataSource = await createDataSource({
      url: database.ownerUrl,
      applicationName: 'persistence-test',
      poolSize: 2,
      statementTimeoutMs: 10_000,
      entities: [],
      migrations: [CreateNotes1790000000000],
    }).initialize();
    try {
      return await runMigrations(dataSource);
    } finally {
      await dataSource.destroy();
    }
  };
  const asService = (statement: string) =>
    withClient(database.serviceUrl, (client) => client.query<{ name: string }>(statement));

  const expectReadOnly = async () => {
    for (const statement of [
      `INSERT INTO migrations (timestamp, name) VALUES (1, 'mine')`,
      `UPDATE migrations SET name = 'mine'`,
      'DELETE FROM migrations',
      'TRUNCATE migrations',
    ]) {
      await expect(asService(statement)).rejects.toMatchObject({ code: '42501' });
    }
    expect((await asService('SELECT name FROM migrations')).rows).toEqual([{ name: 'CreateNotes1790000000000' }]);
  };

  it('can be read but not changed by the service, which keeps its rights to other tables', async () => {
    expect(await migrate()).toEqual(['CreateNotes1790000000000']);
    await expectReadOnly();
    await asService(`INSERT INTO notes VALUES ('mine')`);
    await asService('DELETE FROM notes');
  });

  it('loses write privileges that were granted since, at the next run without migrations', async () => {
    await migrate();
    await withClient(database.ownerUrl, (owner) => owner.query('GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC'));
    expect(await migrate()).toEqual([]);
    await expectReadOnly();
  });
});
