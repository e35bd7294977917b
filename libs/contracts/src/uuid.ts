import { z } from 'zod';

/**
 * A UUID in any letter case, read in lower case, as PostgreSQL writes it: ids can then be compared as text. The only schema
 * of UUIDs; lint refuses any other.
 */
// eslint-disable-next-line no-restricted-syntax -- the one place
export const uuidSchema = z.uuid().toLowerCase();
