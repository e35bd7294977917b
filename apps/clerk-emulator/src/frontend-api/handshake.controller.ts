import { Controller, Get, Query, Req, Res, UseGuards } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { RedirectUrlInvalidError } from '../sign-in-errors';
import { answerPlan } from '../inject-faults/answer-plans';
import { ClerkParams } from '../http/clerk-params.pipe';
import { FrontendApiGuard, WithoutDevBrowser } from './frontend-api.guard';
import { type HandshakeParams, handshakeParams } from './frontend-api.schemas';
import { Handshakes } from './handshakes';
import { PageOrigins } from './page-origin';

/** `/v1/client/handshake` of Clerk's Frontend API. */
@Controller('v1/client/handshake')
@UseGuards(FrontendApiGuard)
@WithoutDevBrowser()
export class HandshakeController {
  constructor(
    private readonly handshakes: Handshakes,
    private readonly origins: PageOrigins,
  ) {}

  /**
   * Redirects the browser back to the app with the cookies that the app must set. The answer contains a session token,
   * so that it goes only to pages that may use the Frontend API.
   */
  @Get()
  async handshake(
    @Query(new ClerkParams(handshakeParams)) params: HandshakeParams,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!this.origins.allows(params.redirect_url)) throw new RedirectUrlInvalidError();
    const back = new URL(params.redirect_url);
    const app = { origin: back.origin, clockSkewSeconds: answerPlan(request.raw).clockSkewSeconds };
    back.searchParams.set('__clerk_handshake', await this.handshakes.make(params.__clerk_db_jwt, app));
    void reply
      .status(307)
      .headers({ location: back.href, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
      .send();
  }
}
