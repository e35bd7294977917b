import { z } from 'zod';

/** Whether PostgreSQL can store the text: it stores neither NUL nor lone surrogates. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && !/\p{Surrogate}/u.test(text);
}

/**
 * A text to search for. Rejects NUL and lone surrogates: PostgreSQL does not store them, so such a text could match
 * nothing.
 */
export function filterText(max: number) {
  return z.string().max(max).refine(isStorable, 'contains characters that are never stored');
}
