import { type BenchStack } from './bench-stack';
import { load } from './http-load';
import { type LoadResult } from './load-result';

/** Load of the whole path; seconds, deliveries per second. */
export interface WholePathOptions {
  readonly rate: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly connections: number;
  readonly bodyBytes: number;
}

/** Result of the load, and time from recording to application of an event. */
export interface WholePath extends LoadResult {
  readonly appliedP50Ms: number;
  readonly appliedP99Ms: number;
}

const APPLIED = `
  SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY ms)::float8 AS p50,
         percentile_disc(0.99) WITHIN GROUP (ORDER BY ms)::float8 AS p99
    FROM (SELECT extract(epoch FROM processed_at - created_at) * 1000 AS ms
            FROM webhook_events WHERE id > $1 AND status = 'success') AS times`;

/** Sends deliveries at a constant rate, which are recorded, published, applied and reported. */
export async function wholePath(stack: BenchStack, options: WholePathOptions): Promise<WholePath> {
  const { rate, seconds, warmUpSeconds, connections, bodyBytes } = options;
  const { secret, gatehouse } = stack;
  const target = { port: gatehouse.ports.ingest, path: '/webhooks/clerk', secret, connections, bodyBytes, rate };
  await load({ ...target, seconds: warmUpSeconds });
  await stack.drained();
  const [mark] = await stack.ledger<{ id: string }>('SELECT coalesce(max(id), 0) AS id FROM webhook_events');
  const result = await load({ ...target, seconds });
  await stack.drained();
  const [applied] = await stack.ledger<{ p50: number; p99: number }>(APPLIED, [mark?.id]);
  return { ...result, appliedP50Ms: applied?.p50 ?? Infinity, appliedP99Ms: applied?.p99 ?? Infinity };
}
