import { withClient } from '@gatehouse/local-stack';
import { type TestDatabase, createEmptyTestDatabase } from '@gatehouse/testing';
import type { DataSource } from 'typeorm';
import { type Statement, createDataSource, keyLock, runStatements, sqlState, write, writeRows } from '../src';

const names: Statement<string[]> = {
  name: 'names',
  text: 'SELECT name FROM notes ORDER BY name',
  values: [],
  read: (rows: { name: string }[]) => rows.map(({ name }) => name),
};
const note = (name: string) => write('note', 'INSERT INTO notes (name) VALUES ($1)', [name]);

describe('statements that are sent together', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeEach(async () => {
    database = await createEmptyTestDatabase();
    await withClient(database.ownerUrl, (client) => client.query('CREATE TABLE notes (name text PRIMARY KEY)'));
    dataSource = await createDataSource({
      url: database.serviceUrl,
      applicationName: 'persistence-test',
      poolSize: 2,
      statementTimeoutMs: 10_000,
      entities: [],
      migrations: [],
    }).initialize();
  });

  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('run in order, see the effects of earlier ones, and return the result of each', async () => {
    const results = await dataSource.transaction((manager) =>
      runStatements(manager, [note('a'), names, note('b'), names]),
    );
    expect(results).toEqual([undefined, ['a'], undefined, ['a', 'b']]);
  });

  it('read after a lock what its former holder wrote', async () => {
    const held = dataSource.createQueryRunner();
    await held.startTransaction();
    await runStatements(held.manager, [keyLock('notes', ['x', 'y']), note('of the first')]);
    const second = dataSource.transaction((manager) => runStatements(manager, [keyLock('notes', ['y', 'x']), names]));
    await withClient(database.adminUrl, async (client) => {
      const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'`;
      while ((await client.query(waiting)).rowCount === 0);
    });
    await held.commitTransaction();
    await held.release();
    expect((await second)[1]).toEqual(['of the first']);
  });

  it('leave no effect when one fails, report the first failure, and can be sent again', async () => {
    const nowhere = write('nowhere', 'INSERT INTO nowhere VALUES (1)', []);
    const failing = dataSource.transaction((manager) => runStatements(manager, [note('a'), note('a'), nowhere, names]));
    expect(sqlState(await failing.catch((error: unknown) => error))).toBe('23505');
    expect(await runStatements(dataSource.manager, [names, note('a'), names])).toEqual([[], undefined, ['a']]);
  });

  it('write many rows as one statement, and send none for no rows', async () => {
    const many = (rows: { name: string }[]) =>
      writeRows('notes', 'INSERT INTO notes SELECT name FROM jsonb_to_recordset($1) AS new(name text)', rows);
    expect(many([])).toEqual([]);
    await runStatements(dataSource.manager, [...many([{ name: 'a' }, { name: 'b' }]), ...many([])]);
    expect(await runStatements(dataSource.manager, [names])).toEqual([['a', 'b']]);
  });
});
