import { type ClerkSession, type LegacySession } from '@gatehouse/auth';
import { type Origin, type Principal } from '@gatehouse/contracts';
import { type RequestContext } from '@gatehouse/messaging';
import { type FastifyRequest } from 'fastify';
import { originOf } from './origin';

/** What of an API key matters after it was found. */
export interface UsedKey {
  readonly keyId: string;
  /** Milliseconds; null for a key that does not expire. */
  readonly expiresAt: number | null;
  /** Requests a minute; null where the tier's limit alone holds. */
  readonly rateLimit: number | null;
}

/** The credential that was verified, by its kind. */
export type VerifiedCredential =
  | { readonly method: 'clerk_session'; readonly session: ClerkSession }
  | { readonly method: 'legacy_jwt'; readonly session: LegacySession }
  | { readonly method: 'api_key'; readonly key: UsedKey };

/** Who is calling, by which credential, in which request. */
export class Caller implements RequestContext {
  constructor(
    readonly principal: Principal,
    readonly credential: VerifiedCredential,
    private readonly request: FastifyRequest,
  ) {}

  get requestId(): string {
    return this.request.id;
  }

  /** Read when a service is asked: most requests are answered without. */
  get origin(): Origin {
    return originOf(this.request);
  }
}

/** A verified Clerk session whose user may not exist here yet. */
export interface ClerkCaller {
  readonly session: ClerkSession;
  /** The token's `jti`, or the SHA-256 of the whole token (hex) where it has none. */
  readonly tokenId: string;
}

/** Why a browser is signed out: no cookie with a session token, or one whose token has expired. */
export type SignedOut = 'missing' | 'expired';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on routes that need a user; absent on others. */
    caller?: Caller;
    /** Set on routes that need a Clerk session; absent on others, and where a browser may come signed out. */
    clerkCaller?: ClerkCaller;
    /** Set when a browser arrives signed out, on routes that allow it. */
    signedOut?: SignedOut;
  }
}

/**
 * A request on a route that needs a user. Handlers take it by `@Req()`: what a decorator of our own gives would go
 * through the pipes that hold bodies to their schemas.
 */
export interface CallerRequest extends FastifyRequest {
  readonly caller: Caller;
}
