import { hash } from 'node:crypto';
import { ConflictException, UnprocessableEntityException } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { PeerBasics } from '../peer-order';
import { Item, LimitOverride, Movement, QuotaPeriod, Reservation, ResourceCount, StoredAnswer } from './entities';
import { type Request } from './express-types';

/** The order of this peer. */
export const basics = new PeerBasics();

/** The connections to PostgreSQL. */
export const dataSource = new DataSource({
  type: 'postgres',
  url: basics.order.databaseUrl,
  poolSize: basics.order.poolSize,
  entities: [Item, StoredAnswer, ResourceCount, LimitOverride, QuotaPeriod, Reservation, Movement],
});

/** Runs `work` in a transaction in the name of a user. */
export function asUser<Result>(userId: string, work: (manager: EntityManager) => Promise<Result>): Promise<Result> {
  return dataSource.transaction(async (manager) => {
    await manager.query("SELECT set_config('gatehouse.user_id', $1, true)", [userId]);
    return work(manager);
  });
}

/** Answers a request once for each idempotency key. */
export async function once<Answer extends object>(
  request: Request,
  manager: EntityManager,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string') return work();
  const id = hash('sha256', `${request.method} ${request.originalUrl}\n${key}`, 'buffer');
  const requestHash = hash('sha256', JSON.stringify(request.body), 'buffer');
  const answers = manager.getRepository(StoredAnswer);
  const stored = await answers
    .createQueryBuilder('answer')
    .where({ userId: request.user, id })
    .andWhere("answer.created_at > now() - interval '24 hours'")
    .getOne();
  if (stored !== null) {
    if (!stored.requestHash.equals(requestHash)) throw new UnprocessableEntityException('idempotency_key_reused');
    return stored.answer as Answer;
  }
  const [lock] = await manager.query<{ locked: boolean }[]>('SELECT pg_try_advisory_xact_lock($1, $2) AS locked', [
    id.readInt32BE(0),
    id.readInt32BE(4),
  ]);
  if (lock?.locked !== true) throw new ConflictException('idempotency_in_progress');
  const answer = await work();
  await answers.insert({ userId: request.user, id, requestHash, answer });
  return answer;
}
