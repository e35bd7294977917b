import { z } from 'zod';

/**
 * A UUID in any letter case, converted to lower case as PostgreSQL writes it, so that ids compare as text. The only schema
 * for UUIDs; lint rejects any other.
 */
// eslint-disable-next-line no-restricted-syntax -- the only allowed use
export const uuidSchema = z.uuid().toLowerCase();
