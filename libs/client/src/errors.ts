import { codedError } from '@gatehouse/errors';
import { type ErrorCode } from './error-codes';
import { type Schemas } from './schemas';
import { type Texts, textOf } from './texts';

/** An option of the client has a value that cannot work. The message names the option and the rule, never the value. */
export class OptionInvalidError extends codedError(
  'OPTION_INVALID',
  (option: string, rule: string) => `${option} ${rule}`,
) {}

/** An event of live updates cannot be read. Reported to `onError`; the stream then begins anew. */
export class EventUnreadableError extends codedError('EVENT_UNREADABLE', (rule: string) => `an event ${rule}`) {}

/** An invalid field of a request. `in` is `path`, `query`, `header` or `body`. */
export interface FieldFault {
  readonly in: string;
  readonly field: string;
  readonly message: string;
}

/** What a {@link GatehouseError} is made of. */
export interface ErrorParts {
  readonly code: ErrorCode;
  /** Status of the response. */
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly detail?: string | undefined;
  readonly fields?: readonly FieldFault[] | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly quota?: Schemas['QuotaStanding'] | undefined;
}

/**
 * A request failed. `message` is for developers and logs, `text` for people. Neither holds a credential or a rejected
 * value.
 */
export class GatehouseError extends Error {
  override readonly name = 'GatehouseError';
  /** Act on this, not on the texts. */
  readonly code: ErrorCode;
  /** Status of the response; undefined without one. */
  readonly status: number | undefined;
  /** Id of the request, by which an operator finds it in all logs. */
  readonly requestId: string | undefined;
  /** What happened, for developers. */
  readonly detail: string | undefined;
  /** The invalid fields; empty for errors that are not about fields. */
  readonly fields: readonly FieldFault[];
  /** Shortest time until a repetition makes sense; undefined if the gateway does not say. */
  readonly retryAfterMs: number | undefined;
  /** What is left of the quota; only with `quota_exceeded`. */
  readonly quota: Schemas['QuotaStanding'] | undefined;
  /** One sentence for the person in front of the screen, in the language of the option `texts`. */
  readonly text: string;

  constructor(parts: ErrorParts, texts?: Partial<Texts>, options?: ErrorOptions) {
    const { code, status, requestId, detail, fields = [], retryAfterMs, quota } = parts;
    const about = [status, code].filter((part) => part !== undefined).join(' ');
    const explained = detail === undefined ? about : `${about}: ${detail}`;
    super(requestId === undefined ? explained : `${explained} (request ${requestId})`, options);
    this.code = code;
    this.status = status;
    this.requestId = requestId;
    this.detail = detail;
    this.fields = fields;
    this.retryAfterMs = retryAfterMs;
    this.quota = quota;
    this.text = textOf(code, status, texts);
  }
}
