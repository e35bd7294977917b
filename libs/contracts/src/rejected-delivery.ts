import { z } from 'zod';
import { filterText } from './filter-text';
import { pageOf, pageRequestSchema } from './page';
import { defineRequest } from './request';
import { givenTimeSchema, timeSchema } from './time';

/** A delivery that webhook-ingest rejected. Everything but `reason` and the times is what the sender claimed. */
const rejectedDeliverySchema = z.object({
  id: z.string(),
  at: timeSchema,
  reason: z.string(),
  webhookId: z.string().nullable(),
  webhookTimestamp: z.string().nullable(),
  sourceIp: z.string().nullable(),
  userAgent: z.string().nullable(),
  /** SHA-256 of the body in hexadecimal; null if the delivery was rejected before its body was read. */
  bodySha256: z.string().nullable(),
  /** Bytes; as declared by the sender if the body was not read. */
  bodySize: z.number().int().nonnegative(),
  correlationId: z.string(),
});

/** Lists the rejected deliveries that are kept, newest first. `since` is inclusive, `until` exclusive. */
export const listRejectedDeliveries = defineRequest({
  subject: 'webhook-ingest.rejected.list',
  repeatable: true,
  request: pageRequestSchema.extend({
    reason: filterText(64).optional().describe('Only for this reason, such as `signature_mismatch`.'),
    webhookId: filterText(256).optional().describe('What the sender gave as id of the delivery, `msg_…`.'),
    since: givenTimeSchema.optional().describe('Rejected at or after this time.'),
    until: givenTimeSchema.optional().describe('Rejected before this time.'),
  }),
  reply: pageOf(rejectedDeliverySchema),
});
