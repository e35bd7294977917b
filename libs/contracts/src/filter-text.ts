import { z } from 'zod';

/** A text to look for. PostgreSQL holds neither NUL nor lone surrogates: nothing can be found by them. */
export function filterText(max: number) {
  return z
    .string()
    .max(max)
    .refine(
      (text) => !text.includes('\0') && !/\p{Surrogate}/u.test(text),
      'contains characters that are never stored',
    );
}
