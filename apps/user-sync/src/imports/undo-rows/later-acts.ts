import { type AuditAction } from '@gatehouse/contracts';
import { type EntityManager } from 'typeorm';
import { type SettableField, settableFields } from '../plan-rows/user-fields';

/** What others have done with a user since an import changed it. */
export interface LaterActs {
  /** Fields that an admin has set since, even to the value that they had, or that the user or another import has changed. */
  readonly fields: ReadonlySet<SettableField>;
  /** Whether somebody uses the user: it has logged in, or an admin has invited it. */
  readonly isUsed: boolean;
  /** Whether another import has changed the user. */
  readonly isImported: boolean;
}

/** By action: the field that it sets. */
const fieldsSet: Readonly<Partial<Record<AuditAction, SettableField>>> = {
  'user.role': 'role',
  'user.tier': 'tier',
  'user.activate': 'isActive',
  'user.deactivate': 'isActive',
  'user.stripe_customer': 'stripeCustomerId',
};
/** Actions that set the fields that their details name. */
const namedSets: readonly AuditAction[] = ['profile.update', 'user_import.apply'];
const imports: readonly AuditAction[] = ['user_import.apply', 'user_import.revert'];
const uses: readonly AuditAction[] = [
  ...(['password.token', 'password.set', 'login.password', 'login.phone', 'key.create', 'referral.use'] as const),
  'profile.update',
];
const actions = [...new Set([...Object.keys(fieldsSet), ...namedSets, ...imports, ...uses])];

/**
 * Loads what others have done with users since an import changed them, from the audit log: the values of a user do not
 * show that an admin has confirmed one of them. An import that repeats a value has no entry and confirms nothing. A change by another import counts until that import is undone. Rows of
 * release 0.3.0 have no entry of their own: for these, everything since the approval counts.
 */
export async function loadLaterActs(
  manager: EntityManager,
  importId: string,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, LaterActs>> {
  const entries = await manager.query<{ user_id: string; action: AuditAction; fields: string | null }[]>(
    `SELECT DISTINCT later.user_id, later.action, later.details ->> 'fields' AS fields
       FROM unnest($2::uuid[]) AS wanted(id)
       LEFT JOIN LATERAL (SELECT max(id) AS id FROM audit_log WHERE user_id = wanted.id
                             AND action = 'user_import.apply' AND subject = $1::text) AS applied ON true
       JOIN audit_log AS later ON later.user_id = wanted.id AND later.outcome = 'done' AND later.action = ANY($3::text[])
        AND (later.id > applied.id OR applied.id IS NULL
             AND later.at >= (SELECT approved_at FROM user_imports WHERE id = $1::uuid))
      WHERE later.action <> 'user_import.apply'
         OR NOT EXISTS (SELECT FROM audit_log AS reverted WHERE reverted.user_id = later.user_id
                           AND reverted.action = 'user_import.revert' AND reverted.subject = later.subject)`,
    [importId, userIds, actions],
  );
  const found = new Map(userIds.map((id) => [id, entries.filter(({ user_id }) => user_id === id)]));
  return new Map([...found].map(([id, own]) => [id, actsOf(own)]));
}

function actsOf(entries: readonly { readonly action: AuditAction; readonly fields: string | null }[]): LaterActs {
  const is = (some: readonly AuditAction[]) => entries.some(({ action }) => some.includes(action));
  const names = entries.flatMap(({ action, fields }) =>
    namedSets.includes(action) ? (fields ?? '').split(', ') : (fieldsSet[action] ?? []),
  );
  return {
    fields: new Set(settableFields.filter((field) => names.includes(field))),
    isUsed: is(uses),
    isImported: is(imports),
  };
}
