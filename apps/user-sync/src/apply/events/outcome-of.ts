import { type EventMetadata, type FailureKind, type Outcome } from '@gatehouse/contracts';
import { isRetryable } from '@gatehouse/lifecycle';
import {
  ClerkUnavailableError,
  ClerkRequestError,
  ConflictTooWideError,
  DatabaseRefusedError,
  EventInvalidError,
  PoisonEventError,
  UserMissingAtClerkError,
  UserUnsettledError,
} from '../../errors';

type Common = Omit<Extract<Outcome, { status: 'success' }>, 'status' | 'decision' | 'reason'>;

/** User of an event, as far as the user is known. */
interface About {
  readonly clerkUserId: string | null;
  readonly userId: string | null;
}

/** Outcome of an event that was decided. */
export function decided(
  status: 'success' | 'ignored',
  metadata: EventMetadata,
  about: About,
  { decision, reason }: { readonly decision: string; readonly reason: string },
): Outcome {
  return { ...common(metadata, about), status, decision, reason };
}

/** Outcome of an event that failed. `isRetryable` of lifecycle decides whether a retry can help. */
export function failed(metadata: EventMetadata, clerkUserId: string | null, error: unknown): Outcome {
  const facts = factsOf(error);
  return {
    ...common(metadata, { clerkUserId, userId: null }),
    status: 'failed',
    error: {
      kind: facts.kind,
      code: facts.name,
      message: facts.message,
      retryable: facts.retryable ?? isRetryable(facts),
      retryAfterMs: facts.retryAfterMs ?? null,
      ...(error instanceof ClerkUnavailableError && { sharedOutage: true }),
    },
  };
}

interface Facts {
  readonly kind: FailureKind;
  readonly name: string;
  readonly message: string;
  readonly status?: number;
  /** Clerk's own error code. */
  readonly code?: string;
  readonly retryAfterMs?: number;
  readonly retryable?: boolean;
}

const CONFLICTS: Readonly<Record<string, { name: string; message: string }>> = {
  users_email_verified_live_key: {
    name: 'EMAIL_TAKEN',
    message: 'another live user holds the verified e-mail address',
  },
  users_phone_verified_live_key: {
    name: 'PHONE_TAKEN',
    message: 'another live user holds the verified phone number',
  },
};

const CONFLICTS_OF_OURS = [UserMissingAtClerkError, UserUnsettledError, ConflictTooWideError];

function factsOf(error: unknown): Facts {
  if (error instanceof EventInvalidError) return own('validation', error);
  if (CONFLICTS_OF_OURS.some((type) => error instanceof type))
    return own('conflict', error as Error & { code: string });
  // A crash of this process reports no outcome, so the ledger cannot count it as a retry. Deliveries of the message are
  // counted instead. After `RETRY_MAX` + 1 of them without an outcome, the event becomes dead.
  if (error instanceof PoisonEventError) return { ...own('unknown', error), retryable: false };
  // Retryable whatever status Clerk answered with, because the outage will end.
  if (error instanceof ClerkUnavailableError) return { ...own(error.kind, error), ...error.answer, retryable: true };
  if (error instanceof ClerkRequestError) return { ...own(error.kind, error), ...error.answer };
  if (error instanceof DatabaseRefusedError) {
    const conflict = CONFLICTS[error.constraint ?? ''];
    return conflict === undefined ? own('database', error) : { kind: 'conflict', ...conflict };
  }
  // The message of an unknown error may hold personal data, so the outcome does not contain it.
  return { kind: 'unknown', name: 'UNKNOWN', message: 'an unexpected error' };
}

function own(kind: FailureKind, error: Error & { readonly code: string }): Facts {
  return { kind, name: error.code, message: error.message };
}

function common({ webhookId, attempt, publishNumber, correlationId }: EventMetadata, about: About): Common {
  return { webhookId, attempt, publishNumber, correlationId, ...about, at: Date.now() };
}
