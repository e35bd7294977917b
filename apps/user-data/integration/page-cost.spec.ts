import { randomUUID } from 'node:crypto';
import { type TestDatabase } from '@gatehouse/testing';
import { Client } from 'pg';
import { USER_SETTING } from '../src/database/row-security';
import { ResourceStatements } from '../src/resources/resource-statements';
import { type ResourceTable, sortColumn } from '../src/database/resource-tables/resource-table';
import { resourceTables } from '../src/database/resource-tables/resource-tables';
import { createDataDatabase } from './data-world';

interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly Plan[];
}

const owner = { userId: randomUUID(), tier: 'pro' } as const;
let database: TestDatabase;
let service: Client;

beforeAll(async () => {
  database = await createDataDatabase();
  service = new Client({ connectionString: database.serviceUrl });
  await service.connect();
  await service.query('SELECT set_config($1, $2, false)', [USER_SETTING, owner.userId]);
  // The tables are empty. Without these, every plan would read them whole, or sort.
  for (const way of ['seqscan', 'bitmapscan', 'sort']) await service.query(`SET enable_${way} = off`);
});

afterAll(async () => {
  await service?.end();
  await database?.drop();
});

/** Every list that clients can ask for: whose rows, filter, sort order, and whether it begins at a cursor. */
function* lists(table: ResourceTable) {
  for (const isPublic of table.publicField === undefined ? [false] : [false, true]) {
    for (const filter of [undefined, ...table.filters]) {
      for (const field of table.resource.sortFields) {
        for (const direction of ['', '-']) yield { table, isPublic, filter, field, direction };
      }
    }
  }
}

const all = resourceTables.flatMap((table) =>
  [...lists(table)].map((list) => {
    const whose = list.isPublic ? 'public ' : '';
    const by = list.filter === undefined ? '' : ` with ${list.filter}`;
    return { ...list, name: `${whose}${table.table}${by}, by ${list.direction}${list.field}` };
  }),
);

function nodes(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodes)];
}

// Row-level security lets PostgreSQL search an index only by operators that are leakproof: by others it would read all
// rows of the user.
it.each(all)('a page of $name is read along an index, from its cursor on', async (list) => {
  const column = sortColumn(list.table, list.field);
  const { text, values } = new ResourceStatements(list.table).list({
    owner,
    isPublic: list.isPublic,
    filter: list.filter === undefined ? {} : { [list.filter]: 'x' },
    sort: { column, isDescending: list.direction === '-' },
    after: [column === 'name_key' ? 'm' : '2026-01-05T10:00:00.000Z', randomUUID()],
    limit: 51,
  });
  const { rows } = await service.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`EXPLAIN (FORMAT JSON) ${text}`, [
    ...values,
  ]);
  const plan = nodes(rows[0]?.['QUERY PLAN'][0].Plan as Plan);
  expect(plan.filter((node) => /Sort|Seq Scan/.test(node['Node Type']))).toEqual([]);
  const scans = plan.filter((node) => node['Index Name'] !== undefined);
  const part = [list.isPublic ? 'public' : 'user_id', list.filter, column].filter((name) => name !== undefined);
  expect(scans.map((node) => node['Index Name'])).toEqual([`${list.table.table}_${part.join('_')}_idx`]);
  expect(scans[0]?.['Index Cond']).toContain(`ROW(${column}, id) ${list.direction === '-' ? '<' : '>'} ROW(`);
});
