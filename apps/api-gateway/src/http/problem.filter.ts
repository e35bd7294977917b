import { LOGGER } from '@gatehouse/observability';
import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { RouteRegister } from '../access/route-register';
import { type Answer, answerTo, answerWithStatus } from '../problems/answer';
import { PROBLEM_TYPE, toProblem } from '../problems/problem';
import { isNavigation, pagePolicy, problemPage } from './problem-page';
import { CONFIG, type GatewayConfig } from '../config';
import { BODY_LIMIT_BYTES } from './body-limit';
import { RoundTrips } from '../sign-in/round-trips';
import { SignIn } from '../sign-in/sign-in';

/**
 * Answers every error, of handlers, guards, Nest and Fastify alike, as `application/problem+json`. Browsers that
 * navigate with their session get a page for people instead.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly signIn: SignIn;
  private readonly trips: RoundTrips;

  constructor(
    @Inject(LOGGER) private readonly log: Logger,
    private readonly routes: RouteRegister,
    @Inject(CONFIG) config: GatewayConfig,
  ) {
    this.signIn = new SignIn(config);
    this.trips = new RoundTrips(config.publicUrl);
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const answer = this.allowing(answerTo(error), request);
    this.report(error, answer);
    if (reply.sent) return;
    if (hasMuchToCome(request)) void reply.header('connection', 'close');
    void reply.status(answer.status).headers(answer.headers ?? {});
    if (bringsSession(request) && isNavigation(request)) return this.sendPage(answer, request, reply);
    // As bytes: Fastify would add a charset, which JSON types do not have.
    void reply.type(PROBLEM_TYPE).send(Buffer.from(JSON.stringify(toProblem(answer, request.id))));
  }

  private sendPage(answer: Answer, request: FastifyRequest, reply: FastifyReply): void {
    const signInUrl = this.signIn.urlFor(this.signIn.targetOf(request));
    // A person decides to follow the link on the page, so the count starts again.
    void reply.headers({ 'set-cookie': this.trips.forget(), 'content-security-policy': pagePolicy });
    void reply.type('text/html; charset=utf-8').send(problemPage(answer, request.id, signInUrl));
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

/** Whether the route is one to which browsers navigate with their session. */
function bringsSession({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.config?.access?.access === 'browser-session';
}

/** Whether there is more to come of a body than is ever read, or nobody knows how much: Node would take it all in. */
function hasMuchToCome({ raw: { complete, headers } }: FastifyRequest): boolean {
  if (complete) return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > BODY_LIMIT_BYTES;
}
