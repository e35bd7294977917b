import { isTlsFailure } from '@gatehouse/observability';

/**
 * Returns why NATS rejects a client for good, as the end of a sentence. Returns undefined for a failure that a retry
 * may solve, such as an unknown host: in Kubernetes the name of a server disappears together with the server.
 */
export function refusalReason(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { name, message, code } = error as NodeJS.ErrnoException;
  // A busy server that does not read the password in time throws an AuthorizationError too, with "authentication
  // timeout". A retry may solve that, so the message is checked.
  const rejected = name === 'AuthorizationError' && !/timeout/i.test(message);
  if (rejected) return 'the server rejected NATS_USER or NATS_PASSWORD';
  if (/'?tls'? is not available/.test(message)) return 'the server does not support TLS: remove NATS_CA_FILE';
  if (isTlsFailure(code)) return `the server's certificate cannot be verified (${code}): check NATS_CA_FILE`;
  return undefined;
}
