import { z } from 'zod';

/** Why a service refused a request; the gateway turns it into a status, nobody else does. */
export const requestErrorCodes = [
  'invalid_request',
  'unauthenticated',
  'forbidden',
  'not_found',
  'conflict',
  'last_admin',
  'user_ambiguous',
  'user_deleted',
  'invalid_credentials',
  'token_invalid',
  'token_used',
  'session_ended',
  'identity_mismatch',
  'phone_unverified',
  'limit_reached',
  'clerk_unavailable',
  'clock_skew',
  'unavailable',
  'internal',
] as const;

/** Why a service refused a request. */
export type RequestErrorCode = (typeof requestErrorCodes)[number];

/** One request/reply subject with the schemas of what goes in and what comes out. */
export interface RequestContract<Request extends z.ZodType = z.ZodType, Reply extends z.ZodType = z.ZodType> {
  /** `<service>.<noun>.<verb>` */
  readonly subject: string;
  readonly request: Request;
  readonly reply: Reply;
}

/** What a caller passes for this contract. */
export type RequestOf<C extends RequestContract> = z.input<C['request']>;

/** What a handler is given for this contract. */
export type ParsedRequestOf<C extends RequestContract> = z.output<C['request']>;

/** What a caller gets back for this contract. */
export type ReplyOf<C extends RequestContract> = z.output<C['reply']>;

/** The wire form of a reply. */
export const replyFrameSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), data: z.unknown() }),
  z.object({
    ok: z.literal(false),
    // A newer service may know more of them.
    error: z.object({
      code: z.enum(requestErrorCodes).catch('internal'),
      message: z.string(),
      /** When another try makes sense, where the service knows; milliseconds. */
      retryAfterMs: z.number().nonnegative().max(3_600_000).optional().catch(undefined),
    }),
  }),
]);

/** The wire form of a reply. */
export type ReplyFrame = z.output<typeof replyFrameSchema>;

/** Ties a subject to its schemas, keeping their types. */
export function defineRequest<Request extends z.ZodType, Reply extends z.ZodType>(
  contract: RequestContract<Request, Reply>,
): RequestContract<Request, Reply> {
  return contract;
}
