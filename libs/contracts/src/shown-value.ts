import { z } from 'zod';

/**
 * A value that readers only show and never act on. This release sends one of `known`. Readers accept any other text, so
 * that a newer service does not break an older reader.
 */
export function shownValue(known: readonly string[]) {
  return z
    .string()
    .max(64)
    .meta({ examples: [...known] });
}
