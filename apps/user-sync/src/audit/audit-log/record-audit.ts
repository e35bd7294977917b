import { type AuditAction, type AuditEntry, type AuthMethod, type EnvelopeClaims } from '@gatehouse/contracts';
import { storableText } from '@gatehouse/persistence';
import { type EntityManager } from 'typeorm';

/** One audit entry. The caller and the client's address come from the envelope. Must not contain a secret. */
export interface AuditNote {
  readonly action: AuditAction;
  readonly outcome?: AuditEntry['outcome'];
  readonly reason?: string | null;
  /** The user who acted; needed at logins, where the envelope has no principal. */
  readonly actor?: {
    readonly userId: string | null;
    readonly method: AuthMethod | null;
    readonly credentialId: string | null;
  };
  /** The user who was acted on. */
  readonly userId?: string | null;
  readonly subject?: string | null;
  readonly details?: Readonly<Record<string, unknown>>;
  /**
   * Milliseconds since the action; 0 if absent. Set by the gateway, which queues its audit entries and sends them
   * later. Unlike a time, an age does not depend on the gateway's clock.
   */
  readonly ageMs?: number;
}

const MAX = { reason: 200, subject: 200, sourceIp: 64, userAgent: 512, requestId: 128 };

/** Actions whose requests the gateway repeats by itself when the reply is late or lost. */
const repeatableActions: ReadonlySet<AuditAction> = new Set(['session.list']);

/**
 * Writes an audit entry. A read that the gateway repeats has one entry: of the same request id and outcome. `manager`:
 * that of the transaction that makes the audited change, if there is one.
 */
export async function recordAudit(
  manager: EntityManager,
  { rid, principal, origin }: Pick<EnvelopeClaims, 'rid' | 'principal' | 'origin'>,
  note: AuditNote,
): Promise<void> {
  const actor = note.actor ?? actorOf(principal);
  await manager.query(
    `INSERT INTO audit_log (action, outcome, reason, actor_user_id, method, credential_id, user_id, subject, request_id,
       source_ip, user_agent, details, at, client_request_id, repeatable)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, now() - $13::float8 * interval '1 millisecond', $14, $15)
     ON CONFLICT DO NOTHING`,
    [
      note.action,
      note.outcome ?? 'done',
      cut(note.reason, MAX.reason),
      actor.userId,
      actor.method,
      actor.credentialId,
      note.userId ?? null,
      cut(note.subject, MAX.subject),
      storableText(rid, MAX.requestId),
      cut(origin?.sourceIp, MAX.sourceIp),
      cut(origin?.userAgent, MAX.userAgent),
      JSON.stringify(note.details ?? {}),
      note.ageMs ?? 0,
      cut(origin?.clientRequestId, MAX.requestId),
      repeatableActions.has(note.action),
    ],
  );
}

function actorOf(principal: EnvelopeClaims['principal']): Required<AuditNote>['actor'] {
  if (principal === null) return { userId: null, method: null, credentialId: null };
  const { userId, method, keyId, sessionId } = principal;
  return { userId, method, credentialId: keyId ?? sessionId };
}

function cut(text: string | null | undefined, max: number): string | null {
  return text === null || text === undefined ? null : storableText(text, max);
}
