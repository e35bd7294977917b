import { z } from 'zod';
import { filterText } from './filter-text';
import { defineRequest } from './request';
import { webhookEventSchema } from './webhook-event';

/**
 * Follows the ledger: returns the events that are new, or whose status has changed, since the request that returned
 * `cursor`. Without a cursor it returns no event, and a cursor that begins now. An event can be returned again without a
 * change. One that had ended and ended again by a redrive between two requests is not returned.
 */
export const tailWebhookEvents = defineRequest({
  subject: 'webhook-ingest.events.tail',
  repeatable: true,
  request: z.object({
    type: filterText(120).optional().describe('Only of this type.'),
    clerkUserId: filterText(130).optional(),
    cursor: z.string().max(8_192).optional().describe('The `cursor` of the request before; none to begin.'),
  }),
  reply: z.object({
    /** Oldest first, as they are now. At most 200. */
    items: z.array(webhookEventSchema),
    /** For the next request, with the same filters. */
    cursor: z.string(),
    /** Whether there is more at once. Otherwise, wait for a second. */
    more: z.boolean(),
  }),
});
