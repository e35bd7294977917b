import { Client } from 'pg';

/** Runs `work` on a new connection and closes it afterwards. Each statement may take 60 s. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: 30_000,
    query_timeout: 60_000,
    application_name: 'gatehouse-provision',
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
