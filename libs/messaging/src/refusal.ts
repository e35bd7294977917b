import { isTlsFailure } from '@gatehouse/observability';

/**
 * Why NATS does not let a client in, as the end of a sentence; undefined for failures that may pass. A host that cannot
 * be resolved may pass: in Kubernetes the names of servers disappear with them.
 */
export function refusalReason(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { name, message, code } = error as NodeJS.ErrnoException;
  // A server that is too busy to read the password in time reports "authentication timeout" with the same class.
  const rejected = name === 'AuthorizationError' && !/timeout/i.test(message);
  if (rejected) return 'the server rejected NATS_USER or NATS_PASSWORD';
  if (/'?tls'? is not available/.test(message)) return 'the server does not support TLS: remove NATS_CA_FILE';
  if (isTlsFailure(code)) return `the server's certificate cannot be verified (${code}): check NATS_CA_FILE`;
  return undefined;
}
