import { z } from 'zod';

/** A text to search for. PostgreSQL stores neither NUL nor lone surrogates, so a text with them matches nothing. */
export function filterText(max: number) {
  return z
    .string()
    .max(max)
    .refine(
      (text) => !text.includes('\0') && !/\p{Surrogate}/u.test(text),
      'contains characters that are never stored',
    );
}
