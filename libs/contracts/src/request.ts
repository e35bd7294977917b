import { z } from 'zod';
import { quotaStandingSchema } from './quota-standing';

/** Why a service rejected a request. Only the gateway maps these codes to HTTP statuses. */
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
  'quota_exceeded',
  'version_mismatch',
  'idempotency_key_reused',
  'idempotency_in_progress',
  'idempotency_secret_gone',
  'referral_code_unknown',
  'referral_own_code',
  'referral_used',
  'referral_too_late',
  'referral_mutual',
  'clerk_unavailable',
  'clock_skew',
  'unavailable',
  'internal',
] as const;

/** Why a service rejected a request. */
export type RequestErrorCode = (typeof requestErrorCodes)[number];

/** A request/reply subject with the schemas of its request and its reply. */
export interface RequestContract<Request extends z.ZodType = z.ZodType, Reply extends z.ZodType = z.ZodType> {
  /** `<service>.<noun>.<verb>` */
  readonly subject: string;
  readonly request: Request;
  readonly reply: Reply;
  /** Whether the request changes nothing when it is repeated. It is then sent again when its reply was lost. */
  readonly repeatable?: boolean;
}

/** Request of a contract, as the caller passes it. */
export type RequestOf<C extends RequestContract> = z.input<C['request']>;

/** Request of a contract after parsing, as the handler of the request gets it. */
export type ParsedRequestOf<C extends RequestContract> = z.output<C['request']>;

/** Reply of a contract. */
export type ReplyOf<C extends RequestContract> = z.output<C['reply']>;

/** Longest time after which a retry may make sense: a quota renews once a month. Milliseconds. */
const MAX_RETRY_AFTER_MS = 32 * 24 * 3_600_000;

/**
 * An invalid field of a request. `field` is its path in the request, with dots between levels, and `message` says what is
 * wrong, such as `is not in the future`. Neither holds the rejected value.
 */
export interface InvalidField {
  readonly field: string;
  readonly message: string;
}

/** Maximum number of invalid fields in a reply. */
export const maxInvalidFields = 50;

/** Wire format of a reply. */
export const replyFrameSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), data: z.unknown() }),
  z.object({
    ok: z.literal(false),
    // A newer service may send a code that this release does not know.
    error: z.object({
      code: z.enum(requestErrorCodes).catch('internal'),
      message: z.string(),
      /** After how many milliseconds to retry, when the service knows it. */
      retryAfterMs: z.number().nonnegative().max(MAX_RETRY_AFTER_MS).optional().catch(undefined),
      /** The fields that are the reason. */
      fields: z
        .array(z.object({ field: z.string(), message: z.string() }))
        .max(maxInvalidFields)
        .optional()
        .catch(undefined),
      /** The quota that is used up; only with `quota_exceeded`. */
      quota: quotaStandingSchema.optional().catch(undefined),
    }),
  }),
]);

/** Wire format of a reply. */
export type ReplyFrame = z.output<typeof replyFrameSchema>;

/**
 * Defines the contract of a request, and keeps the types of its schemas. The gateway may send it once it is listed in
 * `gatewayRequests` (bus-rights.ts): see docs/contributing/add-a-nats-subject.md.
 */
export function defineRequest<Request extends z.ZodType, Reply extends z.ZodType>(
  contract: RequestContract<Request, Reply>,
): RequestContract<Request, Reply> {
  return contract;
}
