import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type FastifyRequest } from 'fastify';
import { DevBrowserUnknownError, PageOriginError } from '../sign-in-errors';
import { requestPath } from '../http/request-path';
import { answerPlan } from '../inject-faults/answer-plans';
import { FaultyAnswers } from '../serve-api/faulty-answers';
import { rememberCaller } from './caller';
import { DevBrowsers } from './dev-browser.store';
import { originOf, PageOrigins } from './page-origin';

const OPEN = Symbol('open to browsers without a credential');

/** Marks a route that needs no development browser. */
export const WithoutDevBrowser = () => SetMetadata(OPEN, true);

/** Checks the page and the development browser of each request of the Frontend API, and injects the enabled faults. */
@Injectable()
export class FrontendApiGuard implements CanActivate {
  constructor(
    private readonly origins: PageOrigins,
    private readonly devBrowsers: DevBrowsers,
    private readonly faults: FaultyAnswers,
    private readonly reflector: Reflector,
  ) {}

  /** @throws ClerkApiError */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { origin } = request.headers;
    if (origin !== undefined && !this.origins.allows(origin)) throw new PageOriginError();
    await this.faults.inject(request, requestPath(request), 'frontend_api');
    const { clockSkewSeconds, dropsCookies } = answerPlan(request.raw);
    if (dropsCookies) delete (request.query as Record<string, unknown>)['__clerk_db_jwt'];
    const { __clerk_db_jwt: devBrowserId, _clerk_session_id: sessionId } = request.query as Record<string, unknown>;
    const isKnown = typeof devBrowserId === 'string' && this.devBrowsers.has(devBrowserId);
    if (isKnown) {
      const named = typeof sessionId === 'string' ? sessionId : undefined;
      rememberCaller(request, { devBrowserId, origin: originOf(request.headers), sessionId: named, clockSkewSeconds });
    } else if (!this.reflector.getAllAndOverride<boolean>(OPEN, [context.getHandler(), context.getClass()])) {
      throw new DevBrowserUnknownError();
    }
    return true;
  }
}
