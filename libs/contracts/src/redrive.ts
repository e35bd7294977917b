import { z } from 'zod';
import { filterText } from './filter-text';
import { givenTimeSchema, timeSchema } from './time';
import { pageOf, pageRequestSchema } from './page';
import { defineRequest } from './request';
import { eventStatuses } from './webhook-event';
import { shownValue } from './shown-value';
import { uuidSchema } from './uuid';

/** Rows that one request may redrive; more are redriven page by page, under the same redrive. */
export const maxRedriven = 1_000;

/** Which events are meant; what is given must all be true of an event. Times: when it was recorded, `until` excluded. */
export const redriveFilterSchema = z.strictObject({
  /** Ledger ids or webhook ids (`msg_…`). */
  ids: z.array(filterText(256)).min(1).max(maxRedriven).optional(),
  /** Default: failed events; ignored ones with `decision`; with `ids` events of any state. */
  status: z.enum(['failed', 'ignored']).optional(),
  type: filterText(120).optional(),
  /** The failure's code, such as `EMAIL_TAKEN`. */
  errorCode: filterText(200).optional(),
  /** Why an event was ignored, such as `foreign` or `unconfirmed`. */
  decision: filterText(200).optional(),
  clerkUserId: filterText(130).optional(),
  since: givenTimeSchema.optional(),
  until: givenTimeSchema.optional(),
});

/** Which events are meant. */
export type RedriveFilter = z.output<typeof redriveFilterSchema>;

/** What becomes, or would become, of one event. */
export const redriveItemSchema = z.object({
  id: z.string(),
  webhookId: z.string(),
  eventType: z.string(),
  status: shownValue(eventStatuses),
  clerkUserId: z.string().nullable(),
  retryCount: z.number().int(),
  errorMessage: z.string().nullable(),
  action: shownValue(['redrive', 'skip']),
  /** Why it is skipped. */
  reason: z.string().nullable(),
});

/** What becomes of one event. */
export type RedriveItem = z.output<typeof redriveItemSchema>;

/** A redrive of the events that a filter matches; `filter` by another schema where users are named otherwise. */
export function redriveRequestSchema<Filter extends z.ZodType<object>>(filter: Filter) {
  return z
    .strictObject({
      filter: filter.refine((given) => Object.keys(given).length > 0, 'names nothing'),
      dryRun: z.boolean().default(false),
      limit: z.int().min(1).max(maxRedriven).default(100),
      cursor: z.string().max(512).optional(),
      redriveId: uuidSchema.optional(),
    })
    .refine(({ dryRun, redriveId }) => !dryRun || redriveId === undefined, {
      path: ['redriveId'],
      message: 'goes without dryRun',
    });
}

/**
 * Begins events anew: `pending`, with all their tries. At most `limit` rows; `nextCursor` goes on where it ended, and
 * `redriveId` keeps the pages together. Asked again it changes nothing: what is under way is skipped. With `dryRun`
 * nothing changes at all.
 */
export const redriveEvents = defineRequest({
  subject: 'webhook-ingest.events.redrive',
  request: redriveRequestSchema(redriveFilterSchema),
  reply: z.object({
    /** Null when nothing was changed. */
    redriveId: uuidSchema.nullable(),
    dryRun: z.boolean(),
    redriven: z.number().int(),
    skipped: z.number().int(),
    items: z.array(redriveItemSchema),
    nextCursor: z.string().nullable(),
  }),
});

/** One redrive, who asked for it, and how far its events are. */
export const redriveSchema = z.object({
  id: uuidSchema,
  at: timeSchema,
  /** Null when Clerk delivered a dead event again, which redrives it. */
  actorUserId: uuidSchema.nullable(),
  requestId: z.string(),
  filter: z.record(z.string(), z.unknown()),
  redriven: z.number().int(),
  /** Events of this redrive by the state that they are in now; one that was redriven again belongs to the later one. */
  progress: z.record(shownValue(eventStatuses), z.number().int()),
  done: z.boolean(),
});

/** One redrive. */
export type Redrive = z.output<typeof redriveSchema>;

/** Shows one redrive and its progress. */
export const getRedrive = defineRequest({
  subject: 'webhook-ingest.redrives.get',
  request: z.object({ id: uuidSchema }),
  reply: redriveSchema,
});

/** Lists redrives, newest first: the audit of them. */
export const listRedrives = defineRequest({
  subject: 'webhook-ingest.redrives.list',
  request: pageRequestSchema,
  reply: pageOf(redriveSchema.omit({ progress: true, done: true })),
});
