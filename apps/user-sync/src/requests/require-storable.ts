import { fieldRefused } from '@gatehouse/messaging';
import { isStorable } from '@gatehouse/persistence';

/**
 * Checks that PostgreSQL can store every string in `fields`: the fields themselves, and the direct members of a field.
 * @throws RequestRefusedError `invalid_request`, naming the field
 */
export function requireStorable(fields: object): void {
  for (const [field, value] of Object.entries(fields) as [string, unknown][]) {
    if (textsOf(value).every(isStorable)) continue;
    throw fieldRefused('invalid_request', field, 'contains characters that cannot be stored');
  }
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).filter((member) => typeof member === 'string');
}
