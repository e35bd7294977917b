import { z } from 'zod';

const wholeNumber = (min: number, max: number) => z.number().int().min(min).max(max);
const attempts = wholeNumber(1, 100).nullable().default(1);

/** What a kind disturbs. Kinds of `backend_api` disturb the Frontend API too. */
export type FaultSide = 'webhook' | 'backend_api' | 'frontend_api';

/** Every kind of fault, with its effect, its parameters and their defaults. `side` says what the kind disturbs. */
export const FAULT_KINDS = {
  duplicate: {
    side: 'webhook',
    summary: 'sends the event again under the same svix-id',
    params: z.strictObject({ copies: wholeNumber(1, 20).default(1), delay_ms: wholeNumber(0, 86_400_000).default(0) }),
  },
  reorder: {
    side: 'webhook',
    summary: 'holds the event back until later events were sent to the endpoint, or the maximum wait is over',
    params: z.strictObject({
      by: wholeNumber(1, 1_000).default(1),
      max_wait_ms: wholeNumber(1, 86_400_000).default(5_000),
    }),
  },
  delay: {
    side: 'webhook',
    summary: 'sends the event later',
    params: z.strictObject({
      delay_ms: wholeNumber(0, 86_400_000).default(2_000),
      jitter_ms: wholeNumber(0, 86_400_000).default(0),
    }),
  },
  drop: {
    side: 'webhook',
    summary: 'never sends the event',
    params: z.strictObject({}),
  },
  stale_timestamp: {
    side: 'webhook',
    summary: 'signs the attempt with a timestamp in the past',
    params: z.strictObject({ offset_seconds: wholeNumber(-315_360_000, -1).default(-600), attempts }),
  },
  future_timestamp: {
    side: 'webhook',
    summary: 'signs the attempt with a timestamp in the future',
    params: z.strictObject({ offset_seconds: wholeNumber(1, 315_360_000).default(600), attempts }),
  },
  wrong_signature: {
    side: 'webhook',
    summary: 'signs the attempt with another secret',
    params: z.strictObject({ attempts }),
  },
  altered_body: {
    side: 'webhook',
    summary: 'changes the body after it was signed, or before with resign',
    params: z.strictObject({
      alteration: z
        .enum(['letter', 'whitespace', 'truncate'], 'must be letter, whitespace or truncate.')
        .default('letter'),
      resign: z.boolean().default(false),
      attempts,
    }),
  },
  api_408: {
    side: 'backend_api',
    summary: 'answers 408, as if the request had arrived too slowly',
    params: z.strictObject({}),
  },
  api_409: {
    side: 'backend_api',
    summary: 'answers 409 resource_locked, as if another request were changing the resource',
    params: z.strictObject({}),
  },
  api_429: {
    side: 'backend_api',
    summary: 'answers 429 with Retry-After',
    params: z.strictObject({ retry_after_seconds: wholeNumber(0, 86_400).default(1) }),
  },
  api_500: {
    side: 'backend_api',
    summary: 'answers a server error, before or after the request is handled',
    params: z.strictObject({
      status: z.union([z.literal(500), z.literal(502), z.literal(503), z.literal(504)]).default(500),
      after_effect: z.boolean().default(false),
    }),
  },
  api_hang: {
    side: 'backend_api',
    summary: 'delays the request, then closes the connection or answers',
    params: z.strictObject({
      hang_ms: wholeNumber(1, 600_000).default(30_000),
      then: z.enum(['close', 'answer'], 'must be close or answer.').default('close'),
    }),
  },
  api_content_type: {
    side: 'backend_api',
    summary: 'answers correctly but with another Content-Type',
    params: z.strictObject({
      content_type: z
        .string()
        .regex(/^[\w.+/; =-]{1,100}$/, 'must be a media type.')
        .default('application/json; charset=utf-8'),
    }),
  },
  api_stale_read: {
    side: 'backend_api',
    summary: 'reads of users return an older version; a deleted user may still be returned',
    params: z.strictObject({ versions_back: wholeNumber(1, 5).default(1) }),
  },
  browser_clock_skew: {
    side: 'frontend_api',
    summary: 'tokens that browsers get are issued by a clock that is ahead, or behind',
    params: z.strictObject({
      offset_seconds: wholeNumber(-86_400, 86_400).default(300),
    }),
  },
  browser_dropped_cookies: {
    side: 'frontend_api',
    summary: 'requests are handled as those of a browser that has lost its cookies and is signed out',
    params: z.strictObject({}),
  },
} as const satisfies Record<string, { side: FaultSide; summary: string; params: z.ZodType }>;

/** The name of a kind of fault. */
export type FaultKind = keyof typeof FAULT_KINDS;

/** The fault kinds of one side. */
export type FaultKindOf<Side extends FaultSide> = {
  [K in FaultKind]: (typeof FAULT_KINDS)[K]['side'] extends Side ? K : never;
}[FaultKind];

/** Parameters of a kind. */
export type FaultParams<K extends FaultKind> = z.output<(typeof FAULT_KINDS)[K]['params']>;

/** All fault kinds: first those that disturb webhooks, then those of the Backend API and of the Frontend API. */
export const faultKinds = Object.keys(FAULT_KINDS) as [FaultKind, ...FaultKind[]];
