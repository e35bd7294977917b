import { withClient } from '@gatehouse/local-stack';
import { createEmptyTestDatabase, startOwnPgBouncer } from '../src';

it('a PgBouncer for tests lends one connection of PostgreSQL to several clients, a transaction at a time', async () => {
  const database = await createEmptyTestDatabase();
  const bouncer = await startOwnPgBouncer({ urls: [database.serviceUrl], serverConnections: 1 });
  try {
    const backendOf = () =>
      withClient(bouncer.urlThrough(database.serviceUrl), async (client) => {
        const { rows } = await client.query<{ pid: number; role: string }>(
          'SELECT pg_backend_pid() AS pid, current_user AS role',
        );
        return rows[0];
      });
    const [first, ...others] = await Promise.all([backendOf(), backendOf(), backendOf()]);
    expect(first?.role).toBe(new URL(database.serviceUrl).username);
    expect(others).toEqual([first, first]);
  } finally {
    await bouncer.dispose();
    await database.drop();
  }
});
