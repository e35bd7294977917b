import { IdempotencyRefusedError } from '../errors';
import { isUniqueViolation } from '../sql-state';
import { type Transaction } from '../transaction';
import { type AskedOnce, type RequestIdentity, identify } from './request-identity';
import { answerText } from './stored-answer';

/**
 * Keeps a secret out of the readable part of a stored answer. One object per request: it knows the caller and the key to
 * which the sealed part is bound.
 */
export interface AnswerSeal<Answer> {
  /** Splits an answer. `sealed` is null if the secret is not kept. */
  close(answer: Answer): { readonly readable: object; readonly sealed: Buffer | null };
  /**
   * Puts a stored answer together again; throws if this caller may not have the secret now. `ageMs`: how long ago the
   * first request was answered, by the database's clock.
   */
  open(stored: {
    readonly readable: object;
    readonly sealed: Buffer | null;
    readonly ageMs: number;
  }): Answer | Promise<Answer>;
}

/** Time for which an answer is stored; milliseconds. */
export const ANSWERS_KEPT_MS = 24 * 3_600_000;

/** After this time the first request should have been answered. Its timeout at the gateway is 5 s; milliseconds. */
const RETRY_AFTER_MS = 1_000;

/**
 * Answers a request at most once for each idempotency key. The first request with a key runs `work`, and its answer is
 * stored in the same transaction. Later requests with the key get the stored answer, with `replayed: true`. A request
 * without a key only runs `work`.
 *
 * Only successes are stored: an error of `work` must roll the transaction back. A key belongs to one user and one path,
 * for 24 hours. Authorize the caller before this call, because `work` does not run for a stored answer.
 *
 * Uses a transaction lock and unnamed statements only, so that it works behind a pooler in transaction mode. It adds
 * one round trip before `work`, and one after it unless the transaction sends its last statement with COMMIT.
 *
 * @throws IdempotencyRefusedError `idempotency_in_progress` while another transaction runs the request;
 * `idempotency_key_reused` if the key belongs to another request
 * @throws AnswerTooLargeError if the answer has more than 256 KiB
 * @example
 * transactions.run(owner, (transaction) =>
 *   answerOnce(transaction, { userId: owner.userId, request: body }, () => createItem(transaction, body)),
 * );
 */
export async function answerOnce<Answer extends object>(
  transaction: Transaction,
  asked: AskedOnce,
  work: () => Promise<Answer>,
  seal?: AnswerSeal<Answer>,
): Promise<Answer & { readonly replayed?: true }> {
  const { idempotency } = asked.request;
  if (idempotency === undefined) return work();
  const identity = identify(asked, idempotency);
  const stored = await find(transaction, identity);
  if (stored !== undefined) {
    if (!stored.request_hash.equals(identity.requestHash)) throw new IdempotencyRefusedError('idempotency_key_reused');
    const { answer: readable, sealed, age_ms: ageMs } = stored;
    const answer = seal === undefined ? (readable as Answer) : await seal.open({ readable, sealed, ageMs });
    return { ...answer, replayed: true };
  }
  const answer = await work();
  const { readable, sealed } = seal?.close(answer) ?? { readable: answer, sealed: null };
  await store(transaction, identity, answerText(readable), sealed);
  return answer;
}

interface FoundRow {
  readonly request_hash: Buffer;
  readonly answer: object;
  readonly sealed: Buffer | null;
  readonly age_ms: number;
}

/**
 * Loads the stored answer. Without one, the key is then locked until the transaction ends. The two statements are sent
 * together and run one after the other: so what a former holder of the lock has committed is seen.
 */
async function find(transaction: Transaction, { userId, id, lock }: RequestIdentity): Promise<FoundRow | undefined> {
  const [[tried], [row]] = await Promise.all([
    transaction.query<{ locked: boolean }>('SELECT pg_try_advisory_xact_lock($1, $2) AS locked', lock),
    transaction.query<FoundRow>(
      `SELECT request_hash, answer, sealed, (extract(epoch FROM now() - created_at) * 1000)::float8 AS age_ms
         FROM idempotency_keys WHERE user_id = $1 AND id = $2`,
      [userId, id],
    ),
  ]);
  if (row !== undefined && row.age_ms < ANSWERS_KEPT_MS) return row;
  if (tried?.locked !== true) throw inProgress();
  if (row !== undefined) {
    await transaction.query('DELETE FROM idempotency_keys WHERE user_id = $1 AND id = $2', [userId, id]);
  }
  return undefined;
}

/**
 * Stores the answer, together with COMMIT where the transaction can. Should another transaction have stored one in spite
 * of the lock, the key of the table rejects it.
 */
async function store(
  transaction: Transaction,
  { userId, id, requestHash }: RequestIdentity,
  answer: string,
  sealed: Buffer | null,
): Promise<void> {
  const text = 'INSERT INTO idempotency_keys (user_id, id, request_hash, answer, sealed) VALUES ($1, $2, $3, $4, $5)';
  const values = [userId, id, requestHash, answer, sealed];
  const refused = (error: unknown) => (isUniqueViolation(error) ? inProgress({ cause: error }) : error);
  if (transaction.endWith !== undefined) return transaction.endWith({ text, values, refused });
  try {
    await transaction.query(text, values);
  } catch (error) {
    throw refused(error);
  }
}

function inProgress(options?: ErrorOptions): IdempotencyRefusedError {
  return new IdempotencyRefusedError('idempotency_in_progress', RETRY_AFTER_MS, options);
}
