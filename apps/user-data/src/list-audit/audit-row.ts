import { type AuditEntry, type AuthMethod, type DataAuditAction } from '@gatehouse/contracts';

/** A row of the audit log, with the columns named like the fields of the entry. */
export interface AuditRow {
  readonly id: string;
  readonly at: Date;
  readonly action: DataAuditAction;
  readonly outcome: AuditEntry['outcome'];
  readonly reason: string | null;
  readonly actorUserId: string | null;
  readonly method: AuthMethod | null;
  readonly credentialId: string | null;
  readonly userId: string;
  readonly subject: string | null;
  readonly requestId: string;
  readonly clientRequestId: string | null;
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
  readonly details: Record<string, unknown>;
}

/** SQL for the columns of an {@link AuditRow}. */
export const auditColumns = `id, at, action, outcome, reason, actor_user_id AS "actorUserId", method,
  credential_id AS "credentialId", user_id AS "userId", subject, request_id AS "requestId",
  client_request_id AS "clientRequestId", source_ip AS "sourceIp", user_agent AS "userAgent", details`;

/** An audit entry, as admins see it. */
export function presentEntry({ at, ...row }: AuditRow): AuditEntry {
  return { ...row, at: at.toISOString(), recordedAt: at.toISOString() };
}
