import { STATUS_CODES } from 'node:http';
import { type Problem } from '@gatehouse/contracts';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { DeliveryRefusedError, LedgerUnavailableError, OverloadedError } from '../errors';
import { type TurnedAway } from './turned-away';

/** Seconds; the sender of Clerk's webhooks honours it. */
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

/** The word for a status that needs no more words. */
export const codeOf = (status: number): string => CODES[status] ?? 'bad_request';

/** For how long a body that nobody reads any more may go on; a client that is cut off at once may miss the answer. */
const LINGER_MS = 1_000;

type Answer = Pick<Problem, 'status' | 'code' | 'detail'>;

/** Turns every failure of a request into `application/problem+json` with a stable code and no inner detail. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly log: Logger,
    private readonly turnedAway: Pick<TurnedAway, 'note'>,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;
    const request = http.getRequest<FastifyRequest>();
    const answer = this.answerTo(error);
    this.turnedAway.note(request, answer.status, error instanceof OverloadedError ? 'overloaded' : answer.code);
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
    if (error instanceof DeliveryRefusedError) {
      return { status: error.status, code: error.reason, detail: error.message };
    }
    if (error instanceof LedgerUnavailableError) {
      // At debug: an outage is told once per group, not once per request.
      this.log.debug({ err: error }, 'a delivery was not recorded');
      return { status: 503, code: 'unavailable', detail: 'The delivery could not be recorded. Send it again.' };
    }
    if (error instanceof OverloadedError) {
      return { status: 503, code: 'unavailable', detail: 'Too many deliveries are being received. Send it again.' };
    }
    const status = statusOf(error);
    if (status !== undefined && status < 500) return { status, code: codeOf(status) };
    if (status === 503) return { status, code: 'unavailable' };
    this.log.error({ err: error }, 'a request failed');
    return { status: 500, code: 'internal' };
  }
}

/** What still comes of the body is dropped by Node. */
function closeSoon({ raw }: FastifyRequest): void {
  const timer = setTimeout(() => {
    if (!raw.complete) raw.socket.destroy();
  }, LINGER_MS).unref();
  raw.once('close', () => clearTimeout(timer));
}

/** Nest's exceptions and Fastify's errors both know their status. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' && statusCode >= 400 ? statusCode : undefined;
}
