import { withClient } from '@gatehouse/local-stack';
import { type Pool } from 'pg';
import { type Stack } from '../stack';

type Rows = Readonly<Record<string, unknown[]>>;

/** Columns that change when a user only reads. */
const volatile = (column: string) => /^last_/.test(column);
/** What others have tried is recorded there. */
const ignored = new Set(['audit_log']);

/** Everything that both databases store about a user, by table. */
export async function recordsOf(stack: Stack, userId: string): Promise<Rows> {
  const users = await rowsOf(stack.users, userId);
  const owned = await withClient(stack.gatehouse.databases.data.serviceUrl, async (data) => {
    // Row-level security shows the rows of this user alone.
    await data.query(`SELECT set_config('gatehouse.user_id', $1, false)`, [userId]);
    return rowsOf(data, userId);
  });
  return { ...users, ...owned };
}

async function rowsOf(client: Pick<Pool, 'query'>, userId: string): Promise<Rows> {
  const { rows: tables } = await client.query<{ table: string; column: string }>(
    `SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
       WHERE table_schema = 'public' AND (column_name = 'user_id' OR (table_name, column_name) = ('users', 'id'))`,
  );
  const all: Record<string, unknown[]> = {};
  for (const { table, column } of tables.filter((one) => !ignored.has(one.table))) {
    const { rows } = await client.query<{ row: object }>(
      `SELECT to_jsonb(t) AS row FROM ${table} t WHERE ${column} = $1 ORDER BY to_jsonb(t)::text`,
      [userId],
    );
    all[table] = rows.map(({ row }) => Object.fromEntries(Object.entries(row).filter(([name]) => !volatile(name))));
  }
  return all;
}
