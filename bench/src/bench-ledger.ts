import { BenchStack } from './bench-stack';
import { load } from './http-load';
import { type Report, atMost, machine, round } from './report';

/** Duration of the measurement, and sizes of the ledger. */
export interface LedgerOptions {
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly smallRows: number;
  readonly largeRows: number;
}

const CONNECTIONS = 64;
const BODY_BYTES = 3_072;
const PORTION = 250_000;

/** Old rows like those of a real ledger: applied, of many users, over many months. */
const FILL = `
  INSERT INTO webhook_events (webhook_id, event_type, status, max_retries, processed_data, processed_at, instance_id,
    clerk_user_id, correlation_id, signing_secret_index, occurred_at, publish_number, published_at, stream_sequence,
    stream_created_at, created_at, updated_at)
  SELECT 'msg_old' || n, 'user.updated', 'success', 8, '{"decision": "apply", "reason": "newer version", "userId": null}',
         now() - interval '1 day', 'ins_bench', 'user_old' || n % 100000, gen_random_uuid()::text, 0, now(), 1, now(), n,
         now() - interval '400 days', now() - n * interval '10 seconds', now()
    FROM generate_series($1::bigint, $2::bigint) AS n`;

/** Cost of one event, from request to outcome, with a small and a large ledger. */
export async function benchLedger(options: LedgerOptions): Promise<Report> {
  const stack = await BenchStack.start();
  try {
    let filled = 0;
    const rows: Record<string, string | number>[] = [];
    const costs: number[] = [];
    for (const size of [options.smallRows, options.largeRows]) {
      while (filled < size) {
        const until = Math.min(size, filled + PORTION);
        await stack.ledger(FILL, [filled + 1, until]);
        filled = until;
      }
      await stack.ledger('VACUUM (ANALYZE) webhook_events');
      const target = {
        port: stack.gatehouse.ports.ingest,
        path: '/webhooks/clerk',
        secret: stack.secret,
        connections: CONNECTIONS,
        bodyBytes: BODY_BYTES,
      };
      await load({ ...target, seconds: options.warmUpSeconds });
      await stack.drained();
      const began = performance.now();
      const result = await load({ ...target, seconds: options.seconds });
      await stack.drained();
      const costMs = (performance.now() - began) / result.ok;
      costs.push(costMs);
      rows.push({
        ledgerRows: size,
        events: result.ok,
        failed: result.failed,
        perSecond: Math.round(result.perSecond),
        p50Ms: round(result.p50Ms),
        p99Ms: round(result.p99Ms),
        msPerEventToItsEnd: round(costMs),
      });
    }
    const [small = 1, large = 0] = costs;
    return {
      name: 'ledger',
      machine: machine(),
      rows,
      goals: [
        atMost(`cost per event with ${options.largeRows} rows, times with ${options.smallRows}`, large / small, 1.2),
      ],
    };
  } finally {
    await stack.stop();
  }
}
