import { type DataAuditAction, type EnvelopeClaims, type Principal } from '@gatehouse/contracts';
import { storableText, type Transaction } from '@gatehouse/persistence';

/** What an admin did with the data of a user. Must not contain the data itself. */
export interface AuditNote {
  readonly action: DataAuditAction;
  /** What was read or changed, such as `items/<id>`. */
  readonly subject?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** Why the service refused the request; absent if it was done. */
  readonly refused?: string;
}

const MAX = { subject: 200, sourceIp: 64, userAgent: 512, requestId: 128 };

/** Actions whose requests the gateway repeats by itself when the reply is late or lost. */
const repeatableActions: ReadonlySet<DataAuditAction> = new Set(['data.read', 'data.list', 'quota.read']);

/**
 * Writes an audit entry in the transaction of what it records. A read that the gateway repeats has one entry: of the same
 * request id and outcome.
 */
export async function recordAudit(
  transaction: Transaction,
  { rid, origin }: Pick<EnvelopeClaims, 'rid' | 'origin'>,
  admin: Principal,
  userId: string,
  { action, subject, details = {}, refused }: AuditNote,
): Promise<void> {
  await transaction.query(
    `INSERT INTO audit_log (action, actor_user_id, method, credential_id, user_id, subject, request_id,
       client_request_id, source_ip, user_agent, details, outcome, reason, repeatable)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING`,
    [
      action,
      admin.userId,
      admin.method,
      admin.keyId ?? admin.sessionId,
      userId,
      cut(subject, MAX.subject),
      storableText(rid, MAX.requestId),
      cut(origin?.clientRequestId, MAX.requestId),
      cut(origin?.sourceIp, MAX.sourceIp),
      cut(origin?.userAgent, MAX.userAgent),
      JSON.stringify(details),
      refused === undefined ? 'done' : 'refused',
      refused,
      repeatableActions.has(action),
    ],
  );
}

/** Writes that the data of a deleted user was erased, in the transaction that erases. No admin asked for it. */
export async function recordDeletedUserErasure(
  transaction: Transaction,
  { runId, userId, details }: { readonly runId: string; readonly userId: string; readonly details: object },
): Promise<void> {
  await transaction.query(
    `INSERT INTO audit_log (action, user_id, request_id, details) VALUES ('data.erase', $1, $2, $3)`,
    [userId, runId, JSON.stringify({ cause: 'user_deleted', ...details })],
  );
}

function cut(text: string | undefined, max: number): string | null {
  return text === undefined ? null : storableText(text, max);
}
