import { withClient } from '@gatehouse/local-stack';
import { eventually } from '@gatehouse/testing';

const LIMIT_MS = 900_000;

/**
 * Waits until a stream holds every row of its database: its epoch is complete and its outbox empty.
 * @param url of a role that may read the tables of the relay
 */
export async function untilRelayed(url: string, stream: string): Promise<void> {
  await withClient(url, (client) =>
    eventually(
      async () => {
        const { rows } = await client.query<{ done: boolean }>(
          `SELECT state = 'complete' AND NOT EXISTS (SELECT FROM stream_outbox) AS done
             FROM stream_epochs WHERE stream = $1`,
          [stream],
        );
        return rows[0]?.done === true;
      },
      { timeoutMs: LIMIT_MS, intervalMs: 50 },
    ),
  );
}
