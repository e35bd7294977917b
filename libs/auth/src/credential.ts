import { CredentialRefusedError, CredentialRequestError } from './errors';
import { foreignCredential } from './foreign-credential';
import { maxTokenLength } from './jwt';

/** Parts of a request that can hold credentials. */
export interface CredentialRequest {
  /** Node's `rawHeaders` (name, value, name, value), because parsed headers hide repeated ones. */
  readonly rawHeaders: readonly string[];
  /** Path and query string. */
  readonly url: string;
  /**
   * Whether browsers navigate to this route. On such a route, Clerk's query parameters are allowed. An `Authorization`
   * header whose scheme is not Bearer, such as Basic, is ignored, because it is meant for a proxy.
   */
  readonly navigation?: boolean;
}

/** The unverified credential of a request. */
export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'api_key'; readonly key: string }
  | { readonly kind: 'jwt'; readonly token: string };

/** Syntax of a bearer token: `b64token` of RFC 6750, section 2.1. */
const B64TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;
/**
 * Maximum length of an API key in characters; a longer text is rejected at once. The longest valid key has 58. The
 * limit leaves room for Clerk's keys, which are rejected with an error that names their kind.
 */
const MAX_KEY_LENGTH = 256;
const JOINED_BEARER = /(^|,)\s*bearer\b/i;
const VISIBLE = /^[\x21-\x7e]+$/;
const QUERY_NAMES = new Set(['access_token', 'api_key', 'apikey', 'authorization', 'jwt', 'token', 'x-api-key']);
/**
 * Query parameters that Clerk adds when it redirects a browser back to the application, such as `__clerk_ticket` or
 * `__dev_session`.
 */
const CLERK_PARAMETER = /^__(clerk_|dev_session$)/;
const LOOKS_LIKE_CREDENTIAL = /^(sk_(dev|stg|prod|test|live)_|eyJ[\w-]+\.[\w-]+\.)/;

/**
 * Reads the credential of a request: `X-API-Key`, or else `Authorization: Bearer`. Ignores cookies. If both headers are
 * sent, uses `X-API-Key`. Rejects the request if either header is repeated, or if both hold API keys that differ.
 * @throws CredentialRequestError when the credential is ambiguous or malformed
 * @throws CredentialRefusedError when Gatehouse does not accept this kind of credential
 */
export function readCredential({ rawHeaders, url, navigation = false }: CredentialRequest): Credential {
  rejectQueryCredentials(url, navigation);
  const apiKeyHeader = single(rawHeaders, 'x-api-key');
  const authorization = single(rawHeaders, 'authorization');
  if (apiKeyHeader !== undefined) {
    const other = authorization === undefined ? undefined : /^bearer +(sk_.*)$/i.exec(authorization)?.[1];
    if (other !== undefined && other !== apiKeyHeader) throw new CredentialRequestError('credential_conflict');
    return apiKey(apiKeyHeader);
  }
  if (authorization === undefined || (navigation && !/^bearer( |$)/i.test(authorization))) return { kind: 'none' };
  return ofKind(readBearer(authorization));
}

function rejectQueryCredentials(url: string, navigation: boolean): void {
  const start = url.indexOf('?');
  if (start === -1) return;
  for (const [name, value] of new URLSearchParams(url.slice(start + 1))) {
    if (navigation && CLERK_PARAMETER.test(name)) continue;
    if (QUERY_NAMES.has(name.toLowerCase()) || LOOKS_LIKE_CREDENTIAL.test(value)) {
      throw new CredentialRequestError('credential_in_query');
    }
  }
}

function single(rawHeaders: readonly string[], name: string): string | undefined {
  let found: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const header = rawHeaders[index];
    // Comparing the length first avoids a lower-case copy of most names.
    if (header?.length !== name.length || header.toLowerCase() !== name) continue;
    if (found !== undefined) throw new CredentialRequestError('credential_repeated');
    found = rawHeaders[index + 1] ?? '';
  }
  // Proxies join repeated headers with commas. API keys and bearer tokens contain no comma, so a comma means a repeated
  // header. Other schemes, such as Digest, use commas themselves. So an `Authorization` header of another scheme is
  // rejected only if it contains a `Bearer` part as well.
  if (found?.includes(',') && (name === 'x-api-key' || JOINED_BEARER.test(found)))
    throw new CredentialRequestError('credential_repeated');
  return found;
}

function readBearer(authorization: string): string {
  const end = authorization.indexOf(' ');
  const scheme = end === -1 ? authorization : authorization.slice(0, end);
  if (scheme === '') throw new CredentialRequestError('credential_malformed');
  if (scheme.toLowerCase() !== 'bearer') throw new CredentialRefusedError('credential_scheme_unsupported');
  let from = scheme.length;
  while (authorization[from] === ' ') from++;
  const token = authorization.slice(from);
  if (token.length > maxTokenLength) throw new CredentialRefusedError('token_too_large');
  if (!B64TOKEN.test(token)) throw new CredentialRequestError('credential_malformed');
  return token;
}

function ofKind(bearer: string): Credential {
  if (bearer.startsWith('sk_')) return apiKey(bearer);
  rejectForeign(bearer);
  return { kind: 'jwt', token: bearer };
}

function apiKey(key: string): Credential {
  if (key.length > MAX_KEY_LENGTH) {
    throw new CredentialRefusedError(key.startsWith('sk_') ? 'api_key_malformed' : 'credential_unknown');
  }
  if (!VISIBLE.test(key)) throw new CredentialRequestError('credential_malformed');
  rejectForeign(key);
  if (!key.startsWith('sk_')) throw new CredentialRefusedError('credential_unknown');
  return { kind: 'api_key', key };
}

function rejectForeign(text: string): void {
  const foreign = foreignCredential(text);
  if (foreign !== undefined) throw new CredentialRefusedError(foreign);
}
