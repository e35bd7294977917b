import { PROBLEM_TYPE } from '@gatehouse/http-edge';
import { LOGGER } from '@gatehouse/observability';
import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { RouteRegister } from '../access/route-register';
import { type ErrorResponse, errorResponse, statusResponse } from '../problems/error-response';
import { logProblem } from '../problems/log-problem';
import { toProblem } from '../problems/problem';
import { isNavigation, pagePolicy, problemPage } from '../problems/problem-page';
import { RoundTrips } from '../sign-in/round-trips';
import { SignIn } from '../sign-in/sign-in';
import { BODY_LIMIT_BYTES } from './read-bodies';

/**
 * Sends every error of handlers, guards, Nest and Fastify as `application/problem+json`. Browsers that navigate to a
 * `browser-session` route get an HTML page instead.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly routes: RouteRegister,
    private readonly signIn: SignIn,
    private readonly trips: RoundTrips,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const response = this.withAllowedMethods(errorResponse(error, request), request);
    logProblem(this.logger, error, response);
    if (reply.sent) return;
    if (hasUnreadBody(request)) void reply.header('connection', 'close');
    void reply.status(response.status).headers(response.headers ?? {});
    if (isBrowserRoute(request) && isNavigation(request)) return this.sendPage(response, request, reply);
    // Sent as bytes, because Fastify would add a charset to a string, and JSON media types have none.
    void reply.type(PROBLEM_TYPE).send(Buffer.from(JSON.stringify(toProblem(response, request.id))));
  }

  private sendPage(response: ErrorResponse, request: FastifyRequest, reply: FastifyReply): void {
    const signInUrl = this.signIn.urlFor(this.signIn.targetOf(request));
    // Resets the count of redirects to the sign-in page. A person decides whether to follow the link on the error page,
    // so no loop can occur.
    void reply.headers({ 'set-cookie': this.trips.forget(), 'content-security-policy': pagePolicy });
    void reply.type('text/html; charset=utf-8').send(problemPage(response, request.id, signInUrl));
  }

  /** Turns the 404 of the router into 405 if the path exists with other methods. The router never answers 405. */
  private withAllowedMethods(response: ErrorResponse, request: FastifyRequest): ErrorResponse {
    if (response.status !== 404 || !request.is404) return response;
    const methods = this.routes.methodsOf(request.url.split('?', 1)[0] ?? '');
    return methods.length === 0 ? response : { ...statusResponse(405), headers: { allow: methods.join(', ') } };
  }
}

/** Whether browsers navigate to the route: its access is `browser-session`. */
function isBrowserRoute({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.config?.access?.access === 'browser-session';
}

/**
 * Whether part of the body is unread, and the body is longer than the limit or of unknown length. If so, the connection
 * must be closed: Node would otherwise read the rest of the body before the next request.
 */
function hasUnreadBody({ raw: { complete, headers } }: FastifyRequest): boolean {
  if (complete) return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > BODY_LIMIT_BYTES;
}
