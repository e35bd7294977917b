import {
  type ClerkSession,
  type ClerkSessionVerifier,
  CredentialRefusedError,
  CredentialRequestError,
  type Issuers,
  KeysUnavailableError,
  type VerifiedTokenCache,
  classifyJwt,
  decodeJwt,
  readCredential,
} from '@gatehouse/auth';
import { type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { CredentialMissingError, CredentialUnsupportedError } from '../errors';
import { type GatewayMetrics } from '../measure-requests/gateway-metrics';
import { type Caller } from './caller';
import { type PrincipalDirectory } from './principal-directory';

/** What of the gateway's parts finds out who is calling. */
export interface AuthenticatorParts {
  readonly issuers: Issuers;
  readonly clerk: ClerkSessionVerifier;
  readonly verified: VerifiedTokenCache<ClerkSession>;
  readonly directory: PrincipalDirectory;
  readonly metrics: GatewayMetrics;
  readonly log: Logger;
}

/** Finds out who is calling: one credential, one verifier, one principal. */
export class Authenticator {
  constructor(private readonly parts: AuthenticatorParts) {}

  /** Throws the credential's fault as `libs/auth` names it, or why the principal cannot be had. */
  async authenticate(request: FastifyRequest): Promise<Caller> {
    const session = await this.verify(request);
    const principal = await this.parts.directory.principalOf(session, request.id);
    return { principal, session, requestId: request.id };
  }

  private async verify(request: FastifyRequest): Promise<ClerkSession> {
    const { metrics } = this.parts;
    try {
      const { rawHeaders, url = '/' } = request.raw;
      const credential = readCredential({ rawHeaders, url });
      if (credential.kind === 'none') throw new CredentialMissingError();
      if (credential.kind === 'api_key') throw new CredentialUnsupportedError();
      const session = this.parts.verified.get(credential.token);
      if (session === undefined) return await this.verifyFirst(credential.token);
      metrics.verifications.inc({ result: 'cached' });
      return session;
    } catch (error) {
      if (isVerdict(error)) metrics.verifications.inc({ result: error.code });
      throw error;
    }
  }

  private async verifyFirst(token: string): Promise<ClerkSession> {
    const { issuers, clerk, verified, metrics, log } = this.parts;
    const { epoch } = verified;
    const { verifier, jwt } = classifyJwt(decodeJwt(token), issuers);
    if (verifier !== 'clerk_session') throw new CredentialUnsupportedError();
    const session = await clerk.verify(jwt);
    verified.set(token, session, epoch);
    metrics.verifications.inc({ result: 'verified' });
    const { actor, clerkUserId, sessionId } = session;
    if (actor !== null) log.warn({ actor, clerkUserId, sessionId }, 'an impersonated session was accepted');
    return session;
  }
}

function isVerdict(error: unknown): error is Error & { readonly code: string } {
  return [
    CredentialMissingError,
    CredentialUnsupportedError,
    CredentialRefusedError,
    CredentialRequestError,
    KeysUnavailableError,
  ].some((kind) => error instanceof kind);
}
