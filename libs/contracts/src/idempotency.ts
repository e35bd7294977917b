import { z } from 'zod';

/** Maximum length of an idempotency key; characters. */
export const maxIdempotencyKeyLength = 255;

/**
 * The idempotency key of a request. `path` is the method and the full path of the HTTP request, such as
 * `POST /api/items`: the same key on another path is another key.
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
export const idempotencySchema = z.strictObject({
  key: z
    .string()
    .min(1)
    .max(maxIdempotencyKeyLength)
    .regex(/^[\x21-\x7e]+$/, 'must be visible ASCII characters'),
  path: z.string().min(1).max(512),
});

/** The idempotency key of a request. */
export type Idempotency = z.output<typeof idempotencySchema>;

/** Field of a request that takes an idempotency key. */
export const idempotent = { idempotency: idempotencySchema.optional() };

/** Field of a reply to such a request. `replayed`: the reply is the stored one of an earlier request with the key. */
export const replayable = { replayed: z.boolean().optional() };
