import { z } from 'zod';
import { timeSchema } from './time';

/**
 * Number of an epoch of a stream of changes: milliseconds since 1970 at which it began, and greater than the number of
 * every earlier epoch. In an epoch the publisher publishes every row again, because the stream was lost, its database was
 * restored, or a refill is due.
 */
export const epochSchema = z.int().positive();

/** Fields of every change. */
export const changeFields = {
  /** Version of the row: higher after each change. Of two messages, the one with the higher version is newer. */
  version: z.int().positive(),
  /** The epoch in which the message was published. */
  epoch: epochSchema,
  /** When the publisher read the row from its database. */
  at: timeSchema,
} as const;

/**
 * Beginning or end of an epoch. Between `rebuilding` and `complete`, the publisher publishes every row. A reader that has
 * seen neither a row nor its deletion since `rebuilding` knows at `complete` that the row is gone.
 */
export const epochMarkerSchema = z.object({
  kind: z.literal('epoch'),
  epoch: epochSchema,
  state: z.enum(['rebuilding', 'complete']),
  /** When the marker was published. */
  at: timeSchema,
  /** Number of published rows, deletions included. Only with `complete`. */
  rows: z.int().nonnegative().optional(),
  /**
   * The epoch that began when the database of the publisher was last restored from a backup or replaced; absent if it
   * never was. Versions of earlier epochs may be higher than those since then, and messages of earlier epochs are obsolete.
   */
  generation: epochSchema.optional(),
});
