import { LOGGER } from '@gatehouse/observability';
import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { RouteRegister } from '../declare-access/route-register';
import { type Answer, answerTo, answerWithStatus } from './answer';
import { PROBLEM_TYPE, toProblem } from './problem';
import { BODY_LIMIT_BYTES } from '../serve-http/body-limit';

/** Answers every error, of handlers, guards, Nest and Fastify alike, as `application/problem+json`. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    @Inject(LOGGER) private readonly log: Logger,
    private readonly routes: RouteRegister,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const answer = this.allowing(answerTo(error), request);
    this.report(error, answer);
    if (reply.sent) return;
    if (hasMuchToCome(request)) void reply.header('connection', 'close');
    // As bytes: Fastify would add a charset, which JSON types do not have.
    void reply
      .status(answer.status)
      .headers(answer.headers ?? {})
      .type(PROBLEM_TYPE)
      .send(Buffer.from(JSON.stringify(toProblem(answer, request.id))));
  }

  private report(error: unknown, { status, code }: Answer): void {
    if (status === 500) this.log.error({ err: error, code }, 'a request failed');
    // What is away says so itself, once; its stack at every request would bury that.
    else if (status > 500) this.log.warn({ code, reason: String(error) }, 'a request needs what is away');
    else this.log.debug({ code, status }, 'a request was refused');
  }

  /** The router knows nothing of a path under another method: to it that is a path which does not exist. */
  private allowing(answer: Answer, request: FastifyRequest): Answer {
    if (answer.status !== 404 || !request.is404) return answer;
    const methods = this.routes.methodsOf(request.url.split('?', 1)[0] ?? '');
    return methods.length === 0 ? answer : { ...answerWithStatus(405), headers: { allow: methods.join(', ') } };
  }
}

/** Whether there is more to come of a body than is ever read, or nobody knows how much: Node would take it all in. */
function hasMuchToCome({ raw: { complete, headers } }: FastifyRequest): boolean {
  if (complete) return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > BODY_LIMIT_BYTES;
}
