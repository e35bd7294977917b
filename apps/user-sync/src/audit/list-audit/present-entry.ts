import { type AuditEntry } from '@gatehouse/contracts';
import { type AuditEntryEntity } from '../../database/audit-entry.entity';

/** An audit entry, as admins see it. */
export function presentEntry(entry: AuditEntryEntity): AuditEntry {
  return { ...entry, at: entry.at.toISOString(), recordedAt: entry.recordedAt?.toISOString() ?? null };
}
