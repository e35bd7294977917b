import { STATUS_CODES } from 'node:http';
import { codedError } from '@gatehouse/errors';
import { HttpException } from '@nestjs/common';

/** `@Principal()` is used on a route without a verified caller. */
export class PrincipalMissingError extends codedError(
  'PRINCIPAL_MISSING',
  '@Principal() has no caller: the route is @Public(), or no GatehouseGuard guards it.',
) {}

/** The guard is asked about something other than an HTTP request, and the handler is not public. */
export class ContextUnsupportedError extends codedError(
  'CONTEXT_UNSUPPORTED',
  (type: string) =>
    `GatehouseGuard guards HTTP routes. Mark handlers of ${type} as @Public(), or guard routes one by one.`,
) {}

/** Code of a refusal. The gate gives 403s the same codes. */
export type RefusalCode =
  'assertion_invalid' | 'keys_unavailable' | 'role_insufficient' | 'tier_insufficient' | 'scope_insufficient';

const statuses: Readonly<Record<RefusalCode, number>> = {
  assertion_invalid: 401,
  keys_unavailable: 503,
  role_insufficient: 403,
  tier_insufficient: 403,
  scope_insufficient: 403,
};

/** How a refusal came about, and how a client can do better. */
interface RefusalOptions extends ErrorOptions {
  /** Value of `WWW-Authenticate`. */
  readonly challenge?: string;
}

/** The guard refuses a request. Its response is a problem (RFC 9457). */
export class GatehouseRefusal extends HttpException {
  readonly code: RefusalCode;
  /** Value of `WWW-Authenticate`. */
  readonly challenge: string | undefined;

  constructor(code: RefusalCode, detail: string, { cause, challenge }: RefusalOptions = {}) {
    const status = statuses[code];
    super({ type: 'about:blank', title: STATUS_CODES[status], status, code, detail }, status, { cause });
    this.code = code;
    this.challenge = challenge;
  }
}
