import { type AdminUser, type AuditAction, type TrustChangeReason, type EnvelopeClaims } from '@gatehouse/contracts';
import { runStatements } from '@gatehouse/persistence';
import { type EntityManager } from 'typeorm';
import { recordAudit } from '../../audit/audit-log/record-audit';
import { UserEntity } from '../../database/user.entity';
import { closeLegacySessions } from '../../trust-changes/legacy-sessions';
import { recordTrustChanges } from '../../trust-changes/record-trust-changes';
import { presentUserToAdmin } from '../../user-rows/present-user';
import { queueWriteBacks } from '../../write-back/queue/queue-write-backs';

/** Columns that admins change. */
export type ManagedColumns = Partial<Pick<UserEntity, 'role' | 'isActive' | 'subscription'>>;

/** An admin's change of a user, with its audit action and the reason of its trust change. */
export interface UserChange {
  readonly action: AuditAction;
  readonly reason: TrustChangeReason;
  readonly columns: ManagedColumns;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly endsSessions?: boolean;
}

/** The user after a change. `number`: number of the trust change; null when nothing changed. */
export interface ChangedUser {
  readonly number: number | null;
  readonly user: AdminUser;
}

/**
 * Changes a user whose row is locked, writes the audit entry, queues the write-back and records the trust change. An
 * entry with `unchanged` says that the user was so already: the undo of an import must not revert what somebody has
 * confirmed since. Must come last in the transaction, like `recordTrustChanges`.
 */
export async function changeUser(
  manager: EntityManager,
  by: Pick<EnvelopeClaims, 'rid' | 'principal' | 'origin'>,
  before: UserEntity,
  { action, reason, columns, details = {}, endsSessions = false }: UserChange,
): Promise<ChangedUser> {
  const { id, clerkUserId } = before;
  if (Object.entries(columns).every(([name, value]) => before[name as keyof ManagedColumns] === value)) {
    await recordAudit(manager, by, { action, userId: id, details: { ...details, unchanged: true } });
    return { number: null, user: presentUserToAdmin(before) };
  }
  await manager.update(UserEntity, { id }, { ...columns, updatedAt: () => 'now()' });
  if (columns.role !== undefined && clerkUserId !== null) {
    await runStatements(manager, queueWriteBacks([{ userId: id, reason: 'role' }]));
  }
  await recordAudit(manager, by, { action, userId: id, details });
  const changes = await closeLegacySessions(manager, endsSessions ? { userIds: [id] } : {}, reason);
  const own = { kind: 'user', userId: id, clerkUserId, reason } as const;
  const after = await manager.findOneByOrFail(UserEntity, { id });
  return { user: presentUserToAdmin(after), number: await recordTrustChanges(manager, [...changes, own]) };
}
