import { z } from 'zod';
import { isStorable } from './filter-text';

/** Fault of a text that {@link isStorable} rejects. */
export const unstorable = 'contains characters that cannot be stored';

/** The name of a resource: 1 to `max` characters, without white space at either end. */
export function nameText(max: number) {
  return z.string().trim().min(1).max(max).refine(isStorable, unstorable);
}

/** A text of a resource, kept as it was given. */
export function plainText(max: number) {
  return z.string().max(max).refine(isStorable, unstorable);
}
