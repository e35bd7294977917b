import { z } from 'zod';

/** A moment to look from or until, ISO 8601 with its offset. PostgreSQL has no year 0. */
export const filterTimeSchema = z.iso
  .datetime({ offset: true })
  .refine((text) => !text.startsWith('0000'), 'is before the year 1');
