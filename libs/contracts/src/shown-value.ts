import { z } from 'zod';

/**
 * A value that is told and decides nothing where it is read. This release sends one of `known`; one of another release may
 * be told all the same, so that a service that is newer than its reader does not make it fail.
 */
export function shownValue(known: readonly string[]) {
  return z
    .string()
    .max(64)
    .meta({ examples: [...known] });
}
