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
import { ClerkApiError, type ClerkErrorItem, RouteNotFoundError } from '../errors';
import { RequestBodyInvalidError } from './errors';
import { requestPath } from './request-path';

/** The body of every error answer. */
export interface ClerkErrorBody {
  errors: { message: string; long_message: string; code: string; meta?: Readonly<Record<string, unknown>> }[];
  clerk_trace_id: string;
}

/** Clerk's error body with a trace id of its own. */
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

/** Answers every failure in Clerk's error shape; what nobody foresaw is logged and becomes a 500. */
@Catch()
export class ClerkErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    // A fault may have hung up on the client meanwhile.
    if (reply.raw.destroyed || reply.sent) return;
    const { status, errors } = this.describe(exception, http.getRequest<FastifyRequest>());
    const headers = exception instanceof ClerkApiError ? exception.headers : {};
    void reply.status(status).headers(headers).send(clerkErrorBody(errors));
  }

  private describe(exception: unknown, request: FastifyRequest): { status: number; errors: readonly ClerkErrorItem[] } {
    if (exception instanceof ClerkApiError) return exception;
    if (exception instanceof NotFoundException) {
      return new RouteNotFoundError(request.method, requestPath(request));
    }
    const status = statusOf(exception);
    if (status === 400) return new RequestBodyInvalidError();
    if (status === 413) return refusal(413, 'request_too_large', 'The request body is larger than 1 MiB.');
    if (status === 415) return refusal(415, 'unsupported_content_type', 'The Content-Type must be application/json.');
    if (status < 500) return refusal(status, 'request_invalid', 'The request is invalid.');
    this.logger.error({ err: exception, method: request.method, route: request.routeOptions.url }, 'request failed');
    return refusal(500, 'internal_clerk_error', 'Oops, an unexpected error occurred.');
  }
}

/** The HTTP status that Nest's and Fastify's own errors ask for. */
function statusOf(exception: unknown): number {
  if (exception instanceof HttpException) return exception.getStatus();
  const statusCode = (exception as { statusCode?: unknown } | null)?.statusCode;
  return typeof statusCode === 'number' && statusCode >= 400 ? statusCode : 500;
}

function refusal(status: number, code: string, message: string): { status: number; errors: ClerkErrorItem[] } {
  return { status, errors: [{ code, message, longMessage: message }] };
}
