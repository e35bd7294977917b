import {
  type Credential,
  CredentialRefusedError,
  CredentialRequestError,
  KeysUnavailableError,
  readCredential,
  readSessionCookies,
} from '@gatehouse/auth';
import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit-trail';
import { Caller, type ClerkCaller, type SignedOut, type VerifiedCredential } from '../caller/caller';
import { type GateRequest } from '../caller/gate-request';
import { anonymousContext } from '../caller/origin';
import { type SealedContent } from '../console-host/console-seal';
import { CookieOriginError, CredentialMissingError } from '../errors';
import { type MaybePromise, whenKnown } from '../maybe-promise';
import { GatewayMetrics } from '../metrics/gateway-metrics';
import { ApiKeyDirectory } from './api-key-directory';
import { ConsoleSessions } from './console-sessions';
import { type CookieOrigins, requireCookieOrigin } from './cookie-origin';
import { PrincipalDirectory } from './principal-directory';
import { SessionUsage } from './session-usage';
import { TokenVerifier, type VerifiedToken, tokenIdOf } from './token-verifier';

type ClerkCredential = Extract<VerifiedCredential, { readonly method: 'clerk_session' }>;

/** Errors that are counted as refusals of a credential, by their code. */
const refusals = [
  ...[CredentialMissingError, CredentialRefusedError, CredentialRequestError],
  ...[CookieOriginError, KeysUnavailableError],
];

/**
 * Authenticates requests: one credential, one verifier, one principal. Counts refusals, and records impersonation in
 * the audit log.
 */
@Injectable()
export class Authenticator {
  constructor(
    private readonly tokens: TokenVerifier,
    private readonly keys: ApiKeyDirectory,
    private readonly consoleSessions: ConsoleSessions,
    private readonly principals: PrincipalDirectory,
    private readonly sessionUsage: SessionUsage,
    private readonly audit: AuditTrail,
    private readonly metrics: GatewayMetrics,
  ) {}

  /**
   * Returns the caller of a request. With `cookieOrigins`, the route accepts Clerk's session cookie too, from pages of
   * these origins. With `acceptsConsole`, it accepts the session cookie of the console. A credential in a header takes
   * precedence.
   * @throws CredentialMissingError, CredentialRequestError, CredentialRefusedError, CookieOriginError, and the errors of
   *   `ApiKeyDirectory` and `PrincipalDirectory`
   */
  authenticate(request: GateRequest, cookieOrigins?: CookieOrigins, acceptsConsole = false): MaybePromise<Caller> {
    return this.countRefusals(() => {
      const credential = credentialOf(request, cookieOrigins !== undefined);
      if (credential.kind !== 'none') return this.callerOf(credential, request);
      const session = acceptsConsole ? this.consoleSessions.find(request) : undefined;
      if (session !== undefined) return this.ofConsole(session, request);
      if (cookieOrigins === undefined) throw new CredentialMissingError();
      return this.ofCookie(request, cookieOrigins);
    });
  }

  /**
   * Returns the Clerk session of a request. The user of the session may not exist in Gatehouse yet. Throws like
   * `authenticate`.
   */
  clerkSession(request: GateRequest, navigation = false): MaybePromise<ClerkCaller> {
    return this.countRefusals(() => {
      const credential = credentialOf(request, navigation);
      if (credential.kind === 'none') throw new CredentialMissingError();
      if (credential.kind === 'api_key') throw new CredentialRefusedError('credential_unknown');
      return this.clerkCallerOf(credential.token, request);
    });
  }

  /**
   * Returns the Clerk session of a browser navigation, from the Authorization header or Clerk's cookies. Without a
   * session, returns why the browser is signed out.
   * @throws like `authenticate`, but not if the cookies hold no token or an expired one
   */
  async browserSession(request: GateRequest): Promise<ClerkCaller | SignedOut> {
    if (credentialOf(request, true).kind !== 'none') return this.clerkSession(request, true);
    try {
      return await this.countRefusals(async () => {
        const token = this.tokens.choose(readSessionCookies(request.rawHeaders));
        return token === undefined ? 'missing' : this.clerkCallerOf(token, request);
      });
    } catch (error) {
      if (error instanceof CredentialRefusedError && error.code === 'token_expired') return 'expired';
      throw error;
    }
  }

  /**
   * Verifies again that a caller is trusted, while a long response is sent. Notices a revoked session or key and a
   * deactivated user; ignores that the token has expired, because tokens of Clerk are valid for a minute.
   * @throws like `authenticate`
   */
  async confirm({ credential }: Caller, request: GateRequest): Promise<Caller> {
    switch (credential.method) {
      case 'clerk_session':
        return new Caller(await this.principals.ofClerkSession(credential.session, request.id), credential, request);
      case 'legacy_jwt':
        return new Caller(await this.principals.ofLegacySession(credential.session, request.id), credential, request);
      case 'api_key':
        return this.authenticate(request, undefined, credential.key.console !== undefined);
    }
  }

  /**
   * Returns the caller of a session of the console, with the rights of its API key.
   * @throws like `authenticate`
   */
  ofConsole({ keyHash, expiresAt }: SealedContent, request: GateRequest): MaybePromise<Caller> {
    return whenKnown(this.keys.findByHash(keyHash, request), ({ principal, key }) => {
      return new Caller(principal, { method: 'api_key', key: { ...key, console: { expiresAt } } }, request);
    });
  }

  private callerOf(credential: Exclude<Credential, { kind: 'none' }>, request: GateRequest): MaybePromise<Caller> {
    if (credential.kind === 'api_key') {
      const found = this.keys.find(credential.key, request);
      return whenKnown(found, ({ principal, key }) => new Caller(principal, { method: 'api_key', key }, request));
    }
    return whenKnown(this.tokens.verify(credential.token, request), (token) => this.ofToken(token, request));
  }

  private ofCookie(request: GateRequest, cookieOrigins: CookieOrigins): MaybePromise<Caller> {
    const token = this.tokens.choose(readSessionCookies(request.rawHeaders));
    if (token === undefined) throw new CredentialMissingError();
    requireCookieOrigin(request, cookieOrigins);
    return whenKnown(this.tokens.verify(token, request), (verified) => {
      if (verified.verifier !== 'clerk_session') throw new CredentialRefusedError('token_issuer_unknown');
      const { session } = verified;
      // A token of a native client, which holds no cookies.
      if (session.authorizedParty === null) throw new CredentialRefusedError('token_party_missing');
      return this.ofClerkSession({ method: 'clerk_session', session, isCookie: true }, request);
    });
  }

  private ofToken(token: VerifiedToken, request: GateRequest): MaybePromise<Caller> {
    switch (token.verifier) {
      case 'clerk_session':
        return this.ofClerkSession({ method: 'clerk_session', session: token.session }, request);
      case 'legacy_jwt': {
        const { session } = token;
        const found = this.principals.ofLegacySession(session, request.id);
        return whenKnown(found, (principal) => {
          this.sessionUsage.noteRequest(session.jti, request, Date.now());
          return new Caller(principal, { method: 'legacy_jwt', session }, request);
        });
      }
    }
  }

  private ofClerkSession(credential: ClerkCredential, request: GateRequest): MaybePromise<Caller> {
    const { session } = credential;
    return whenKnown(this.principals.ofClerkSession(session, request.id), (principal) => {
      const caller = new Caller(principal, credential, request);
      if (session.actor !== null) this.audit.impersonated(session, caller);
      return caller;
    });
  }

  private async clerkCallerOf(text: string, request: GateRequest): Promise<ClerkCaller> {
    const token = await this.tokens.verify(text, request);
    if (token.verifier !== 'clerk_session') throw new CredentialRefusedError('token_issuer_unknown');
    const { session } = token;
    if (session.actor !== null) this.audit.impersonated(session, anonymousContext(request));
    return { session, tokenId: tokenIdOf(session, text) };
  }

  /** Runs `work` and counts a refusal of the credential by its code, whether `work` throws or its promise rejects. */
  private countRefusals<Result>(work: () => MaybePromise<Result>): MaybePromise<Result> {
    const refuse = (error: unknown): never => {
      if (isRefusal(error)) this.metrics.verifications.inc({ result: error.code });
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

function credentialOf({ rawHeaders, url }: GateRequest, navigation = false): Credential {
  return readCredential({ rawHeaders, url, navigation });
}

function isRefusal(error: unknown): error is Error & { readonly code: string } {
  return refusals.some((kind) => error instanceof kind);
}
