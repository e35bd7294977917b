import { createHash } from 'node:crypto';
import { type RowDecision } from './decide-row';
import { type NewValues, type SettableField } from './user-fields';

/**
 * Fingerprint of a decision: the action, the user, and each field with its new and its stored value. Two decisions with
 * the same fingerprint change the same.
 */
export function basisOf({ action, user, sets }: RowDecision): string {
  const fields = (Object.keys(sets) as SettableField[]).sort();
  const changes = fields.map((field) => [field, sets[field], user?.values[field] ?? null]);
  return createHash('sha256')
    .update(JSON.stringify([action, user?.id ?? null, changes]))
    .digest('base64url');
}

/** The stored values of the fields that are set. */
export function valuesBefore({ user, sets }: Pick<RowDecision, 'user' | 'sets'>): NewValues {
  const fields = Object.keys(sets) as SettableField[];
  return Object.fromEntries(fields.map((field) => [field, user?.values[field] ?? null]));
}
