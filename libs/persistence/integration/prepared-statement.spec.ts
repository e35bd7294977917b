import { createEmptyTestDatabase, type TestDatabase } from '@gatehouse/testing';
import type { DataSource, EntityManager } from 'typeorm';
import { type Statement, createDataSource, runStatements, sqlState } from '../src';

describe('a prepared statement', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  const addNote = async (manager: EntityManager, body: string | null) => {
    const add: Statement<{ body: string }[]> = {
      name: 'add-note',
      text: 'INSERT INTO notes (body) VALUES ($1) RETURNING body',
      values: [body],
      read: (rows) => rows,
    };
    return (await runStatements(manager, [add]))[0];
  };
  const notes = () => dataSource.query<{ body: string }[]>('SELECT body FROM notes ORDER BY body');

  beforeEach(async () => {
    database = await createEmptyTestDatabase();
    dataSource = await createDataSource({
      url: database.ownerUrl,
      applicationName: 'persistence-test',
      poolSize: 1,
      statementTimeoutMs: 10_000,
      entities: [],
      migrations: [],
    }).initialize();
    await dataSource.query('CREATE TABLE notes (body text NOT NULL)');
  });
  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('is parsed once per connection for any number of executions', async () => {
    for (const body of ['a', 'b', 'c']) {
      expect(await dataSource.transaction((manager) => addNote(manager, body))).toEqual([{ body }]);
    }

    expect(await dataSource.query(`SELECT name FROM pg_prepared_statements`)).toEqual([{ name: 'add-note' }]);
    expect(await notes()).toEqual([{ body: 'a' }, { body: 'b' }, { body: 'c' }]);
  });

  it('runs within the transaction of its manager', async () => {
    const rolledBack = dataSource.transaction(async (manager) => {
      await addNote(manager, 'never');
      await manager.query('SELECT 1 / 0');
    });

    await expect(rolledBack).rejects.toThrow();
    expect(await notes()).toEqual([]);
  });

  it('fails with the SQLSTATE, and can run again', async () => {
    const refused: unknown = await addNote(dataSource.manager, null).catch((error: unknown) => error);

    expect(sqlState(refused)).toBe('23502');
    expect(await addNote(dataSource.manager, 'after')).toEqual([{ body: 'after' }]);
  });

  it('still runs after its table was altered', async () => {
    await addNote(dataSource.manager, 'before');
    await dataSource.query(`ALTER TABLE notes ADD COLUMN author text NOT NULL DEFAULT 'nobody'`);

    expect(await addNote(dataSource.manager, 'after')).toEqual([{ body: 'after' }]);
  });
});
