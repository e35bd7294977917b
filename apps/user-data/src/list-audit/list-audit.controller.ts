import { type ParsedRequestOf, type ReplyOf, listDataAudit } from '@gatehouse/contracts';
import { idCursor, RequestHandler, requireAdmin, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { WorkerDatabase } from '../database/worker-database';
import { type AuditRow, auditColumns, presentEntry } from './audit-row';

/** Lists the audit log to admins. */
@Controller()
export class ListAuditController {
  constructor(private readonly worker: WorkerDatabase) {}

  @RequestHandler(listDataAudit)
  async list(
    @Payload() { body, envelope }: VerifiedRequest<typeof listDataAudit>,
  ): Promise<ReplyOf<typeof listDataAudit>> {
    requireAdmin(envelope);
    const { text, values } = pageStatement(body);
    const rows = await this.worker.run((transaction) => transaction.query<AuditRow>(text, values));
    const { items, nextCursor } = idCursor.page(rows, body.limit, ({ id }) => id);
    return { items: items.map(presentEntry), nextCursor };
  }
}

function pageStatement({
  limit,
  cursor,
  userId,
  credentialId,
  action,
  outcome,
  since,
  until,
}: ParsedRequestOf<typeof listDataAudit>): { readonly text: string; readonly values: readonly unknown[] } {
  const values: unknown[] = [limit + 1];
  const conditions: string[] = [];
  const where = (value: unknown, condition: (parameter: string) => string) => {
    if (value !== undefined) conditions.push(condition(`$${values.push(value)}`));
  };
  where(idCursor.read(cursor), (parameter) => `id < ${parameter}`);
  where(userId, (parameter) => `(user_id = ${parameter} OR actor_user_id = ${parameter})`);
  where(credentialId, (parameter) => `credential_id = ${parameter}`);
  where(action, (parameter) => `action = ${parameter}`);
  where(outcome, (parameter) => `outcome = ${parameter}`);
  where(since, (parameter) => `at >= ${parameter}`);
  where(until, (parameter) => `at < ${parameter}`);
  const text = `SELECT ${auditColumns} FROM audit_log ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`} ORDER BY id DESC LIMIT $1`;
  return { text, values };
}
