import { hash } from 'node:crypto';
import { type FastifyRequest } from 'fastify';
import { Pool, type PoolClient } from 'pg';
import { PeerBasics } from '../peer-order';

/** The order of this peer. */
export const basics = new PeerBasics();
const { order } = basics;
// The types of pg do not know `pipeline` yet.
const pool = new Pool({ connectionString: order.databaseUrl, max: order.poolSize, ...{ pipeline: order.pipelined } });
const users = new WeakMap<FastifyRequest, string>();

/** A refusal with its HTTP status. */
export class Refusal extends Error {
  constructor(
    readonly statusCode: number,
    code: string,
  ) {
    super(code);
  }
}

/** Notes the caller of a request. */
export function setUser(request: FastifyRequest, userId: string): void {
  users.set(request, userId);
}

/** Runs `work` in a transaction in the name of the caller. */
export async function asUser<Result>(
  request: FastifyRequest,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  try {
    const opened = client.query(openingFor(request));
    if (!order.pipelined) await opened;
    const [result] = await Promise.all([work(client), opened]);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

/** Runs one statement in a transaction of its own. */
export async function readAsUser<Row extends object>(
  request: FastifyRequest,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  if (!order.pipelined) return asUser(request, async (client) => (await client.query<Row>(text, [...values])).rows);
  const client = await pool.connect();
  try {
    const sent = [
      client.query(openingFor(request)),
      client.query<Row>(text, [...values]),
      client.query('COMMIT'),
    ] as const;
    return (await Promise.all(sent))[1].rows;
  } finally {
    client.release();
  }
}

/** One round trip for BEGIN and the setting. The id comes from our own table of keys, not from the client. */
function openingFor(request: FastifyRequest): string {
  return `BEGIN; SELECT set_config('gatehouse.user_id', '${userOf(request)}', true)`;
}

/** Id of the caller. */
export function userOf(request: FastifyRequest): string {
  return users.get(request) ?? '';
}

/** Answers a request once for each idempotency key. */
export async function once<Answer extends object>(
  request: FastifyRequest,
  client: PoolClient,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string') return work();
  const id = hash('sha256', `${request.method} ${request.url}\n${key}`, 'buffer');
  const content = hash('sha256', JSON.stringify(request.body), 'buffer');
  const { rows } = await client.query<{ locked: boolean | null; request_hash: Buffer | null; answer: Answer }>(
    `SELECT CASE WHEN k.id IS NULL THEN pg_try_advisory_xact_lock($1, $2) END AS locked, k.request_hash, k.answer
       FROM (VALUES (1)) AS one LEFT JOIN idempotency_keys k
         ON k.user_id = $3::uuid AND k.id = $4::bytea AND k.created_at > now() - interval '24 hours'`,
    [id.readInt32BE(0), id.readInt32BE(4), userOf(request), id],
  );
  const [found] = rows;
  if (found?.request_hash) {
    if (!found.request_hash.equals(content)) throw new Refusal(422, 'idempotency_key_reused');
    return found.answer;
  }
  if (found?.locked !== true) throw new Refusal(409, 'idempotency_in_progress');
  const answer = await work();
  await client.query(
    'INSERT INTO idempotency_keys (user_id, id, request_hash, answer) VALUES ($1::uuid, $2::bytea, $3::bytea, $4::json)',
    [userOf(request), id, content, JSON.stringify(answer)],
  );
  return answer;
}
