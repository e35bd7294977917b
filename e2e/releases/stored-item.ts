import { withClient } from '@gatehouse/local-stack';
import { eventually } from '@gatehouse/testing';
import { type Clients } from './clients';

/**
 * Stores an item by way of the gateway, reads it back, and sees the quotas of its owner. Returns what reads its
 * title from the database, also when no service can any more; undefined if the item is gone.
 */
export async function storeItem(clients: Clients): Promise<() => Promise<string | undefined>> {
  const { bearer } = await clients.signIn();
  const create = async () => {
    const headers = { ...(await bearer()), 'idempotency-key': 'kept' };
    return clients.call('/api/items', { method: 'POST', headers, body: { title: 'kept' }, expect: [201] });
  };
  const { id } = await create();
  const repeated = await create();
  const read = await clients.call(`/api/items/${id}`, { headers: await bearer() });
  if (repeated.id !== id || read.title !== 'kept') {
    throw new Error(`a stored item: ${JSON.stringify({ id, repeated, read })}`);
  }
  // They are null when user-data takes longer than 200 ms.
  await eventually(async () => (await clients.call('/api/me', { headers: await bearer() })).quotas !== null);
  const { servers } = clients.deployment;
  return () =>
    withClient(servers.adminUrlOf('data'), async (client) => {
      const { rows } = await client.query<{ title: string }>('SELECT title FROM items WHERE id = $1', [id]);
      return rows[0]?.title;
    });
}
