import { STATUS_CODES } from 'node:http';
import { type Problem } from '@gatehouse/contracts';
import { LOGGER } from '@gatehouse/observability';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Inject } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { DeliveryRejectedError, LedgerUnavailableError, OverloadedError } from '../errors';
import { RejectedDeliveries } from './rejected-deliveries';

/** Value of `Retry-After`; seconds. Svix, which sends Clerk's webhooks, honours it. */
const RETRY_AFTER_S = 5;

const CODES: Readonly<Record<number, string>> = {
  400: 'bad_request',
  404: 'not_found',
  405: 'method_not_allowed',
  408: 'request_timeout',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  431: 'headers_too_large',
};

/** Problem code for an error of which only the HTTP status is known. */
export const problemCode = (status: number): string => CODES[status] ?? 'bad_request';

/**
 * Time during which the rest of a rejected body is discarded; milliseconds. A client that is disconnected at once may
 * not read the response.
 */
const LINGER_MS = 1_000;

type Answer = Pick<Problem, 'status' | 'code' | 'detail'>;

/** Turns every failure of a request into `application/problem+json` with a stable code and no internal detail. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly rejected: RejectedDeliveries,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;
    const request = http.getRequest<FastifyRequest>();
    const answer = this.answerTo(error);
    this.rejected.note(request, answer.status, error instanceof OverloadedError ? 'overloaded' : answer.code);
    if (!request.raw.complete) closeSoon(request);
    if (answer.status === 405) void reply.header('allow', 'POST');
    const problem: Problem = {
      type: 'about:blank',
      title: STATUS_CODES[answer.status] ?? 'Error',
      requestId: request.id,
      ...answer,
    };
    if (answer.status === 503) void reply.header('retry-after', RETRY_AFTER_S);
    void reply.code(answer.status).type('application/problem+json').send(JSON.stringify(problem));
  }

  private answerTo(error: unknown): Answer {
    if (error instanceof DeliveryRejectedError) {
      return { status: error.status, code: error.reason, detail: error.message };
    }
    if (error instanceof LedgerUnavailableError) {
      // Logged at debug level: the ledger already logs an outage once for each group of deliveries.
      this.log.debug({ err: error }, 'delivery not recorded');
      return { status: 503, code: 'unavailable', detail: 'The delivery could not be recorded. Send it again.' };
    }
    if (error instanceof OverloadedError) {
      return { status: 503, code: 'unavailable', detail: 'Too many deliveries are being received. Send it again.' };
    }
    const status = statusOf(error);
    if (status !== undefined && status < 500) return { status, code: problemCode(status) };
    if (status === 503) return { status, code: 'unavailable' };
    this.log.error({ err: error }, 'request failed');
    return { status: 500, code: 'internal' };
  }
}

/** Closes the connection if the rest of the body has not arrived after `LINGER_MS`. Node discards that rest. */
function closeSoon({ raw }: FastifyRequest): void {
  const timer = setTimeout(() => {
    if (!raw.complete) raw.socket.destroy();
  }, LINGER_MS).unref();
  raw.once('close', () => clearTimeout(timer));
}

/** The status of an exception of Nest or an error of Fastify. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' && statusCode >= 400 ? statusCode : undefined;
}
