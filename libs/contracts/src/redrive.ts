import { z } from 'zod';
import { filterText } from './filter-text';
import { givenTimeSchema, timeSchema } from './time';
import { pageOf, pageRequestSchema } from './page';
import { defineRequest } from './request';
import { eventStatuses } from './webhook-event';
import { shownValue } from './shown-value';
import { uuidSchema } from './uuid';

/** Maximum events of one request. To redrive more, send several requests with the same redrive id. */
export const maxRedriven = 1_000;

/** Selects events that match all given fields. `since` (inclusive) and `until` (exclusive) apply to the recording time. */
export const redriveFilterSchema = z.strictObject({
  /** Ledger ids or webhook ids (`msg_…`). */
  ids: z.array(filterText(256)).min(1).max(maxRedriven).optional(),
  /** Default: `ignored` if `decision` is given; else any status if `ids` is given; else `failed`. */
  status: z.enum(['failed', 'ignored']).optional(),
  type: filterText(120).optional(),
  /** Code of the failure, such as `EMAIL_TAKEN`. */
  errorCode: filterText(200).optional(),
  /**
   * Decision about an ignored event:
   * - `foreign`: the event is of another Clerk instance.
   * - `unconfirmed`: Clerk does not know the user that the event would create.
   * - `unhandled-type`: no service handles the type, so webhook-ingest did not publish the event.
   * - `unhandled`: user-sync received the event and does not handle its type.
   * - `unparseable`: the body is not JSON.
   * - `not-an-event`: the body is JSON, but not an object with a type.
   */
  decision: filterText(200).optional(),
  clerkUserId: filterText(130).optional(),
  since: givenTimeSchema.optional(),
  until: givenTimeSchema.optional(),
});

/** Selects events to redrive. */
export type RedriveFilter = z.output<typeof redriveFilterSchema>;

/** What a redrive does, or with `dryRun` would do, with one event. */
const redriveItemSchema = z.object({
  id: z.string(),
  webhookId: z.string(),
  eventType: z.string(),
  status: shownValue(eventStatuses),
  clerkUserId: z.string().nullable(),
  retryCount: z.number().int(),
  errorMessage: z.string().nullable(),
  action: shownValue(['redrive', 'skip']),
  /** Why the event is skipped; null when it is redriven. */
  reason: z.string().nullable(),
  /**
   * Why the event will fail again unless the cause of its last failure is fixed, which nobody checks here. Null when a
   * retry may help, and when the event is skipped. Missing from an earlier release.
   */
  warning: z.string().nullable().optional(),
});

/** What a redrive does with one event. */
export type RedriveItem = z.output<typeof redriveItemSchema>;

/** Request for a redrive. The gateway passes a filter schema of its own, with `user` in place of `clerkUserId`. */
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
 * Redrives events: makes them `pending`, and gives them all their retries again. Redrives at most `limit` events;
 * `nextCursor` continues after them, and `redriveId` groups the pages. Skips events that are pending or processing, so
 * a repeated request does not restart an event in progress. An event that has failed again is redriven again. `dryRun`
 * changes nothing.
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

/** A redrive: who requested it, and the progress of its events. */
export const redriveSchema = z.object({
  id: uuidSchema,
  at: timeSchema,
  /**
   * The admin who requested the redrive. Null when Clerk delivered a dead event again: that delivery redrives the
   * event.
   */
  actorUserId: uuidSchema.nullable(),
  requestId: z.string(),
  filter: z.record(z.string(), z.unknown()),
  redriven: z.number().int(),
  /**
   * By current status: number of events of this redrive. An event that was redriven again counts only for the later
   * redrive.
   */
  progress: z.record(shownValue(eventStatuses), z.number().int()),
  done: z.boolean(),
});

/** A redrive. */
export type Redrive = z.output<typeof redriveSchema>;

/** Shows one redrive and its progress. */
export const getRedrive = defineRequest({
  subject: 'webhook-ingest.redrives.get',
  repeatable: true,
  request: z.object({ id: uuidSchema }),
  reply: redriveSchema,
});

/** Lists redrives, newest first. */
export const listRedrives = defineRequest({
  subject: 'webhook-ingest.redrives.list',
  repeatable: true,
  request: pageRequestSchema,
  reply: pageOf(redriveSchema.omit({ progress: true, done: true })),
});
