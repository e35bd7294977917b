import {
  type ClerkSession,
  type Credential,
  CredentialRefusedError,
  CredentialRequestError,
  KeysUnavailableError,
  readCredential,
  readSessionCookies,
} from '@gatehouse/auth';
import { type RequestContext } from '@gatehouse/messaging';
import { type FastifyRequest } from 'fastify';
import { CredentialMissingError } from '../errors';
import { type ApiKeyDirectory } from './api-key-directory';
import { Caller, type ClerkCaller, type SignedOut } from '../caller/caller';
import { anonymousContext } from '../caller/origin';
import { type MaybePromise, whenKnown } from '../maybe-promise';
import { type PrincipalDirectory } from './principal-directory';
import { type TokenVerifier, type VerifiedToken, tokenIdOf } from './token-verifier';

/** What of the gateway's parts finds out who is calling. */
export interface AuthenticatorParts {
  readonly tokens: TokenVerifier;
  readonly keys: Pick<ApiKeyDirectory, 'find'>;
  readonly principals: Pick<PrincipalDirectory, 'ofClerkSession' | 'ofLegacySession'>;
  /** Told of each refusal, by its code. */
  readonly onRefusal: (code: string) => void;
  /** Told of each request that somebody else makes in the name of the session's user. */
  readonly onImpersonation: (session: ClerkSession, context: RequestContext) => void;
}

/** Finds out who is calling: one credential, one verifier, one principal. */
export class Authenticator {
  constructor(private readonly parts: AuthenticatorParts) {}

  /** Throws the credential's fault as `libs/auth` names it, or why the principal cannot be had. */
  authenticate(request: FastifyRequest): MaybePromise<Caller> {
    return this.noting(() => {
      const credential = credentialOf(request);
      if (credential.kind === 'none') throw new CredentialMissingError();
      return this.callerOf(credential, request);
    });
  }

  /** The Clerk session of a request, whose user may not exist here yet. Throws as `authenticate` does. */
  clerkSession(request: FastifyRequest, navigation = false): MaybePromise<ClerkCaller> {
    return this.noting(() => {
      const credential = credentialOf(request, navigation);
      if (credential.kind === 'none') throw new CredentialMissingError();
      if (credential.kind === 'api_key') throw new CredentialRefusedError('credential_unknown');
      return this.clerkCallerOf(credential.token, request);
    });
  }

  /**
   * The Clerk session with which a browser navigates, as Bearer or in Clerk's cookies, or why there is none. Throws as
   * `authenticate` does for every other refusal: signing in again would not help.
   */
  async browserSession(request: FastifyRequest): Promise<ClerkCaller | SignedOut> {
    if (credentialOf(request, true).kind !== 'none') return this.clerkSession(request, true);
    const token = this.parts.tokens.choose(readSessionCookies(request.raw.rawHeaders));
    if (token === undefined) return 'missing';
    try {
      return await this.noting(() => this.clerkCallerOf(token, request));
    } catch (error) {
      if (error instanceof CredentialRefusedError && error.code === 'token_expired') return 'expired';
      throw error;
    }
  }

  private callerOf(credential: Exclude<Credential, { kind: 'none' }>, request: FastifyRequest): MaybePromise<Caller> {
    if (credential.kind === 'api_key') {
      const found = this.parts.keys.find(credential.key, request);
      return whenKnown(found, ({ principal, key }) => new Caller(principal, { method: 'api_key', key }, request));
    }
    return whenKnown(this.parts.tokens.verify(credential.token, request), (token) => this.ofToken(token, request));
  }

  private ofToken(token: VerifiedToken, request: FastifyRequest): MaybePromise<Caller> {
    const { principals } = this.parts;
    switch (token.verifier) {
      case 'clerk_session': {
        const { session } = token;
        const found = principals.ofClerkSession(session, request.id);
        return whenKnown(found, (principal) => {
          const caller = new Caller(principal, { method: 'clerk_session', session }, request);
          if (session.actor !== null) this.parts.onImpersonation(session, caller);
          return caller;
        });
      }
      case 'legacy_jwt': {
        const { session } = token;
        const found = principals.ofLegacySession(session, request.id);
        return whenKnown(found, (principal) => new Caller(principal, { method: 'legacy_jwt', session }, request));
      }
    }
  }

  private clerkCallerOf(text: string, request: FastifyRequest): MaybePromise<ClerkCaller> {
    return whenKnown(this.parts.tokens.verify(text, request), (token) => {
      if (token.verifier !== 'clerk_session') throw new CredentialRefusedError('token_issuer_unknown');
      const { session } = token;
      if (session.actor !== null) this.parts.onImpersonation(session, anonymousContext(request));
      return { session, tokenId: tokenIdOf(session, text) };
    });
  }

  /** Whatever refuses the credential, now or later, is told. */
  private noting<Result>(work: () => MaybePromise<Result>): MaybePromise<Result> {
    const refuse = (error: unknown): never => {
      if (isVerdict(error)) this.parts.onRefusal(error.code);
      throw error;
    };
    try {
      const result = work();
      return result instanceof Promise ? result.catch(refuse) : result;
    } catch (error) {
      return refuse(error);
    }
  }
}

function credentialOf(request: FastifyRequest, navigation = false): Credential {
  const { rawHeaders, url = '/' } = request.raw;
  return readCredential({ rawHeaders, url, navigation });
}

function isVerdict(error: unknown): error is Error & { readonly code: string } {
  return [CredentialMissingError, CredentialRefusedError, CredentialRequestError, KeysUnavailableError].some(
    (kind) => error instanceof kind,
  );
}
