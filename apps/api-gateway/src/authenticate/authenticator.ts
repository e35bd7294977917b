import {
  CredentialRefusedError,
  CredentialRequestError,
  KeysUnavailableError,
  readCredential,
  readSessionCookie,
} from '@gatehouse/auth';
import { type Credential } from '@gatehouse/auth';
import { type FastifyRequest } from 'fastify';
import { CredentialMissingError } from '../errors';
import { countedAddress } from '../limit-rates/rate-limits';
import { type ApiKeyDirectory } from './api-key-directory';
import { type Caller, type ClerkCaller } from './caller';
import { type PrincipalDirectory } from './principal-directory';
import { type TokenVerifier, type VerifiedToken, tokenIdOf } from './token-verifier';

/** What of the gateway's parts finds out who is calling. */
export interface AuthenticatorParts {
  readonly tokens: TokenVerifier;
  readonly keys: Pick<ApiKeyDirectory, 'find'>;
  readonly principals: Pick<PrincipalDirectory, 'ofClerkSession' | 'ofLegacySession'>;
  /** Told of each refusal, by its code. */
  readonly onRefusal: (code: string) => void;
}

/** Finds out who is calling: one credential, one verifier, one principal. */
export class Authenticator {
  constructor(private readonly parts: AuthenticatorParts) {}

  /** Throws the credential's fault as `libs/auth` names it, or why the principal cannot be had. */
  async authenticate(request: FastifyRequest): Promise<Caller> {
    try {
      const credential = credentialOf(request);
      if (credential.kind === 'none') throw new CredentialMissingError();
      return await this.callerOf(credential, request);
    } catch (error) {
      this.note(error);
      throw error;
    }
  }

  /** The Clerk session of a request, whose user may not exist here yet. Throws as `authenticate` does. */
  async clerkSession(request: FastifyRequest): Promise<ClerkCaller> {
    try {
      const credential = credentialOf(request);
      if (credential.kind === 'none') throw new CredentialMissingError();
      if (credential.kind === 'api_key') throw new CredentialRefusedError('credential_unknown');
      return await this.clerkCallerOf(credential.token);
    } catch (error) {
      this.note(error);
      throw error;
    }
  }

  /** The Clerk session with which a browser navigates: as Bearer or in the cookie; undefined when it is signed out. */
  async browserSession(request: FastifyRequest): Promise<ClerkCaller | undefined> {
    if (credentialOf(request).kind !== 'none') return this.clerkSession(request);
    const token = readSessionCookie(request.raw.rawHeaders);
    if (token === undefined) return undefined;
    try {
      return await this.clerkCallerOf(token);
    } catch (error) {
      this.note(error);
      // An expired cookie is how being signed out looks; to whoever forged one, signing in is no help.
      if (error instanceof CredentialRefusedError) return undefined;
      throw error;
    }
  }

  private async callerOf(credential: Exclude<Credential, { kind: 'none' }>, request: FastifyRequest): Promise<Caller> {
    const requestId = request.id;
    if (credential.kind === 'api_key') {
      const address = countedAddress(request.ip);
      const { principal, key } = await this.parts.keys.find(credential.key, address, requestId);
      return { principal, credential: { method: 'api_key', key }, requestId };
    }
    const token = await this.parts.tokens.verify(credential.token);
    return { ...(await this.ofToken(token, requestId)), requestId };
  }

  private async ofToken(token: VerifiedToken, requestId: string): Promise<Pick<Caller, 'principal' | 'credential'>> {
    const { principals } = this.parts;
    switch (token.verifier) {
      case 'clerk_session': {
        const principal = await principals.ofClerkSession(token.session, requestId);
        return { principal, credential: { method: 'clerk_session', session: token.session } };
      }
      case 'legacy_jwt': {
        const principal = await principals.ofLegacySession(token.session, requestId);
        return { principal, credential: { method: 'legacy_jwt', session: token.session } };
      }
    }
  }

  private async clerkCallerOf(text: string): Promise<ClerkCaller> {
    const token = await this.parts.tokens.verify(text);
    if (token.verifier !== 'clerk_session') throw new CredentialRefusedError('token_issuer_unknown');
    return { session: token.session, tokenId: tokenIdOf(token.session, text) };
  }

  private note(error: unknown): void {
    if (isVerdict(error)) this.parts.onRefusal(error.code);
  }
}

function credentialOf(request: FastifyRequest): Credential {
  const { rawHeaders, url = '/' } = request.raw;
  return readCredential({ rawHeaders, url });
}

function isVerdict(error: unknown): error is Error & { readonly code: string } {
  return [CredentialMissingError, CredentialRefusedError, CredentialRequestError, KeysUnavailableError].some(
    (kind) => error instanceof kind,
  );
}
