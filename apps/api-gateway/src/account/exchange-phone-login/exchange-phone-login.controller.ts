import { type PhoneLoginBody, exchangePhoneLogin, phoneLoginBodySchema, userSchema } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Access } from '../../access/access';
import { AuditTrail } from '../../audit/audit-trail';
import { LegacyTokens } from '../../authentication/legacy-tokens';
import { anonymousContext } from '../../caller/origin';
import { requireClerkCaller } from '../../caller/require-clerk-caller';
import { requireOwnSession } from '../../caller/require-own-session';

const exchangedSchema = z.object({
  success: z.literal(true),
  token: z.string(),
  expiresAt: z.iso.datetime(),
  isNewUser: z.boolean(),
  user: userSchema,
});

/**
 * `POST /auth/verify-clerk-token`: exchanges a Clerk session of a user with a verified phone number for a Gatehouse
 * session.
 */
@Controller('auth/verify-clerk-token')
@ApiTags('auth')
export class ExchangePhoneLoginController {
  constructor(
    private readonly services: RequestClient,
    private readonly tokens: LegacyTokens,
    private readonly audit: AuditTrail,
  ) {}

  @Post()
  @HttpCode(200)
  @Access({ access: 'clerk-session', permission: 'session:create', rateClass: 'exchange' })
  @ApiOperation({
    operationId: 'exchangePhoneLogin',
    summary: 'Exchange a Clerk session token for a Gatehouse token; works once per token',
  })
  @ApiOkResponse({ description: 'A Gatehouse token and the user', standardSchema: exchangedSchema })
  async exchange(
    @Body({ schema: phoneLoginBodySchema }) body: PhoneLoginBody,
    @Req() request: FastifyRequest,
  ): Promise<z.input<typeof exchangedSchema>> {
    const { session, tokenId } = requireClerkCaller(request);
    if (session.actor !== null) this.audit.exchangeRefused(session, request);
    requireOwnSession({ method: 'clerk_session', session });
    const { clerkUserId, sessionId, expiresAt } = session;
    const asked = {
      token: { id: tokenId, clerkUserId, sessionId, expiresAt },
      body,
      sessionTtlMs: this.tokens.ttlMs,
    };
    const opened = await this.services.send(exchangePhoneLogin, asked, anonymousContext(request));
    const { userId, isNewUser, user } = opened;
    const minted = this.tokens.mint({ userId, session: opened.session, parentSessionId: sessionId });
    return { success: true, ...minted, isNewUser, user };
  }
}
