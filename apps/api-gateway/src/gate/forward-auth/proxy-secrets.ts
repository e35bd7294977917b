import { hash, timingSafeEqual } from 'node:crypto';
import { ForwardAuthSecretError } from '../../errors';

/** Header in which a proxy sends the secret. */
export const PROXY_SECRET_HEADER = 'x-gatehouse-proxy-secret';

const MAX_SECRETS = 2;
const SECRET = /^[\x21-\x7e]{32,256}$/;

/** SHA-256 of the secrets with which proxies may ask. */
export type ProxySecrets = readonly Buffer[];

/**
 * Reads one secret, or two while one replaces the other.
 * @throws ForwardAuthSecretError
 */
export function proxySecrets(texts: readonly string[]): ProxySecrets {
  const isValid = texts.length > 0 && texts.length <= MAX_SECRETS && texts.every((text) => SECRET.test(text));
  if (!isValid || new Set(texts).size !== texts.length) throw new ForwardAuthSecretError();
  return texts.map(digest);
}

/** Whether a proxy sent one of the secrets. Takes the same time for every text. Without secrets, none is needed. */
export function isSecretKnown(secrets: ProxySecrets, sent: string | readonly string[] | undefined): boolean {
  if (secrets.length === 0) return true;
  if (typeof sent !== 'string') return false;
  const given = digest(sent);
  return secrets.filter((secret) => timingSafeEqual(secret, given)).length > 0;
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
