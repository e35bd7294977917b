import { z } from 'zod';
import { eventPresets } from '../deliver-webhooks/event-presets';
import { jsonObject } from '../http/common.schemas';
import { tokenPresets } from '../mint-tokens/token-presets';
import { JWT_ALGORITHMS } from '../mint-tokens/jwt';

/** Text that is allowed in a header: no line breaks, no characters beyond ASCII. */
const headerValue = z
  .string()
  .max(4_096)
  .regex(/^[ -~]*$/, 'must be printable ASCII.');
const deliveryStatus = z.enum(['pending', 'delivered', 'failed'], 'must be pending, delivered or failed.').optional();

export const listDeliveriesParams = z.object({
  type: z.string().optional(),
  user_id: z.string().optional(),
  message_id: z.string().optional(),
  endpoint_id: z.string().optional(),
  status: deliveryStatus,
  limit: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, 'must be a whole number from 1 to 9999.')
    .transform(Number)
    .default(100),
});
export type ListDeliveriesParams = z.output<typeof listDeliveriesParams>;

/** ms since 1970, or an RFC 3339 time. */
const instant = z.union(
  [
    z.number().int().nonnegative(),
    z.iso.datetime({ offset: true, error: 'must be ms or an RFC 3339 time.' }).transform((text) => Date.parse(text)),
  ],
  'must be ms or an RFC 3339 time.',
);

export const replayParams = z.strictObject({
  since: instant,
  until: instant.optional(),
  status: deliveryStatus,
});
export type ReplayParams = z.output<typeof replayParams>;

export const sendEventParams = z
  .strictObject({
    preset: z.enum(eventPresets, `must be one of ${eventPresets.join(', ')}.`).optional(),
    type: z.string().min(1).optional(),
    data: jsonObject.optional(),
    body: z.union([z.string(), jsonObject]).optional(),
    timestamp: z.number().int().nonnegative().optional(),
    instance_id: z.string().nullable().optional(),
    user_id: z.string().optional(),
    retry: z.boolean().optional(),
    headers_override: z
      .strictObject({
        svix_id: headerValue.min(1).optional(),
        timestamp_offset_seconds: z.number().int().optional(),
        secret: z.string().startsWith('whsec_', 'must start with whsec_.').optional(),
        signature: headerValue.optional(),
        omit: z.array(z.enum(['svix-id', 'svix-timestamp', 'svix-signature'])).optional(),
      })
      .optional(),
  })
  .refine((params) => [params.preset, params.data, params.body].filter((given) => given !== undefined).length === 1, {
    path: ['data'],
    message: 'exactly one of preset, data and body must be included.',
  })
  .refine((params) => (params.preset === undefined) !== (params.type === undefined), {
    path: ['type'],
    message: 'must be included, unless preset is.',
  });
export type SendEventParams = z.output<typeof sendEventParams>;

export const mintTokenParams = z.strictObject({
  session_id: z.string(),
  version: z.union([z.literal(1), z.literal(2)]).optional(),
  azp: z.string().nullable().optional(),
  claims: jsonObject.optional(),
  header: jsonObject.optional(),
  expired: z.boolean().optional(),
  expires_in_seconds: z.number().int().optional(),
  clock_skew_seconds: z.number().int().optional(),
  kid: z.string().optional(),
  preset: z.enum(tokenPresets, `must be one of ${tokenPresets.join(', ')}.`).optional(),
  tampered_claims: jsonObject.optional(),
  encoding: z.enum(['padded', 'non_canonical'], 'must be padded or non_canonical.').optional(),
  algorithm: z.enum(JWT_ALGORITHMS).optional(),
  key: z.enum(['own', 'foreign'], 'must be own or foreign.').optional(),
  tampered: z.boolean().optional(),
});
export type MintTokenParams = z.output<typeof mintTokenParams>;
