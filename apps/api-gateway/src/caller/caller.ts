import { type ClerkSession, type LegacySession } from '@gatehouse/auth';
import { type Origin, type Principal } from '@gatehouse/contracts';
import { type RequestContext } from '@gatehouse/messaging';
import { type FastifyRequest } from 'fastify';
import { type GateRequest } from './gate-request';
import { originOf } from './origin';

/** Fields of an API key that are needed after its lookup. */
export interface UsedKey {
  readonly keyId: string;
  /** Milliseconds since the epoch; null if the key does not expire. */
  readonly expiresAt: number | null;
  /** Requests per minute; null if only the limit of the tier applies. */
  readonly rateLimit: number | null;
  /** Set if a session of the console stands for the key. `expiresAt`: end of the session, milliseconds since the epoch. */
  readonly console?: { readonly expiresAt: number };
}

/** A verified credential, by its kind. */
export type VerifiedCredential =
  | {
      readonly method: 'clerk_session';
      readonly session: ClerkSession;
      /** Set if the token came in a cookie instead of a header. */
      readonly isCookie?: true;
    }
  | { readonly method: 'legacy_jwt'; readonly session: LegacySession }
  | { readonly method: 'api_key'; readonly key: UsedKey };

/** Principal, credential and request of a caller. */
export class Caller implements RequestContext {
  constructor(
    readonly principal: Principal,
    readonly credential: VerifiedCredential,
    private readonly request: GateRequest,
  ) {}

  get requestId(): string {
    return this.request.id;
  }

  /** Origin of the request. Computed only when a service is called, because most requests call none. */
  get origin(): Origin {
    return originOf(this.request);
  }
}

/** A verified Clerk session. Its user may not exist in Gatehouse yet. */
export interface ClerkCaller {
  readonly session: ClerkSession;
  /** `jti` of the token, or the SHA-256 of the token (hex) if it has none. */
  readonly tokenId: string;
}

/** Why a browser is signed out. `missing`: no cookie holds a session token. `expired`: the token has expired. */
export type SignedOut = 'missing' | 'expired';

declare module 'fastify' {
  interface FastifyRequest {
    /** Node's `rawHeaders`; with it, a request is a `GateRequest`. */
    readonly rawHeaders: readonly string[];
    /** Set on routes that require a user. */
    caller?: Caller;
    /** Set on routes that require a Clerk session, unless the browser is signed out. */
    clerkCaller?: ClerkCaller;
    /** Set on `browser-session` routes if the browser is signed out. */
    signedOut?: SignedOut;
  }
}

/** Request on a route that requires a user, so `caller` is always set. Handlers take it with `@Req()`. */
export interface CallerRequest extends FastifyRequest {
  readonly caller: Caller;
}
