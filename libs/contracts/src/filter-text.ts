import { z } from 'zod';

/**
 * A text to search for. Rejects NUL and lone surrogates: PostgreSQL does not store them, so such a text could match
 * nothing.
 */
export function filterText(max: number) {
  return z
    .string()
    .max(max)
    .refine(
      (text) => !text.includes('\0') && !/\p{Surrogate}/u.test(text),
      'contains characters that are never stored',
    );
}
