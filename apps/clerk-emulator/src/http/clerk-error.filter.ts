import { randomBytes } from 'node:crypto';
import { LOGGER } from '@gatehouse/observability';
import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Inject,
  NotFoundException,
} from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { ClerkApiError, type ClerkErrorItem } from '../clerk/clerk-api-error';
import {
  ContentTypeUnsupportedError,
  RequestBodyInvalidError,
  RequestInvalidError,
  RequestTooLargeError,
  RouteNotFoundError,
  UnexpectedError,
} from '../errors';
import { requestPath } from './request-path';

/** Body of every error response. */
interface ClerkErrorBody {
  errors: { message: string; long_message: string; code: string; meta?: Readonly<Record<string, unknown>> }[];
  clerk_trace_id: string;
}

/** Clerk's error body, with a new trace id. */
export function clerkErrorBody(items: readonly ClerkErrorItem[]): ClerkErrorBody {
  return {
    errors: items.map(({ message, longMessage, code, meta }) => ({
      message,
      long_message: longMessage,
      code,
      ...(meta && { meta }),
    })),
    clerk_trace_id: randomBytes(16).toString('hex'),
  };
}

/** Answers every failure in Clerk's error shape. An unexpected error is logged and answered with 500. */
@Catch()
export class ClerkErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    // A fault may have closed the connection already.
    if (reply.raw.destroyed || reply.sent) return;
    const { status, headers, errors } = this.clerkError(exception, http.getRequest<FastifyRequest>());
    void reply.status(status).headers(headers).send(clerkErrorBody(errors));
  }

  private clerkError(exception: unknown, request: FastifyRequest): ClerkApiError {
    if (exception instanceof ClerkApiError) return exception;
    if (exception instanceof NotFoundException) return new RouteNotFoundError(request.method, requestPath(request));
    const status = statusOf(exception);
    if (status === 400) return new RequestBodyInvalidError();
    if (status === 413) return new RequestTooLargeError();
    if (status === 415) return new ContentTypeUnsupportedError();
    if (status < 500) return new RequestInvalidError(status);
    this.logger.error({ err: exception, method: request.method, route: request.routeOptions.url }, 'request failed');
    return new UnexpectedError();
  }
}

/** The HTTP status of an error of Nest or Fastify; 500 for any other error. */
function statusOf(exception: unknown): number {
  if (exception instanceof HttpException) return exception.getStatus();
  const statusCode = (exception as { statusCode?: unknown } | null)?.statusCode;
  return typeof statusCode === 'number' && statusCode >= 400 ? statusCode : 500;
}
