import {
  type PhoneLoginBody,
  type Principal,
  type ReferralOutcome,
  exchangePhoneLogin,
  phoneLoginBodySchema,
  referralOutcomeSchema,
} from '@gatehouse/contracts';
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
import { QuotasOfCaller } from '../../quotas/quotas-of-caller';
import { ReferralGuesses } from '../use-referral-code/referral-guesses';
import { exchangedUserSchema, presentExchanged } from './exchanged-user';
import { named } from '../../openapi/named';
import { MayAnswer } from '../../problems/may-answer';

const exchangedSchema = named(
  'ExchangedToken',
  z.object({
    success: z.literal(true),
    token: z.string(),
    expiresAt: z.iso.datetime(),
    isNewUser: z.boolean(),
    user: exchangedUserSchema,
    /** What became of `referralCode`; null without one. */
    referral: referralOutcomeSchema.nullable(),
  }),
);

const tooManyCodes: ReferralOutcome = { state: 'rejected', reason: 'rate_limited' };

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
    private readonly quotas: QuotasOfCaller,
    private readonly guesses: ReferralGuesses,
  ) {}

  @Post()
  @HttpCode(200)
  @Access({ access: 'clerk-session', permission: 'session:create', rateClass: 'exchange' })
  @MayAnswer('token_used', 'identity_mismatch', 'phone_unverified', 'legacy_tokens_off')
  @ApiOperation({
    operationId: 'exchangeClerkToken',
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
    const { referralCode, ...rest } = body;
    const isAllowed = referralCode === undefined || (await this.guesses.isAllowed(clerkUserId, request));
    const asked = {
      token: { id: tokenId, clerkUserId, sessionId, expiresAt },
      body: isAllowed ? body : rest,
      sessionTtlMs: this.tokens.ttlMs,
    };
    const context = anonymousContext(request);
    const opened = await this.services.send(exchangePhoneLogin, asked, context);
    const { userId, isNewUser, role, tier } = opened;
    const minted = this.tokens.mint({ userId, session: opened.session, parentSessionId: sessionId });
    // The principal that the minted token will have.
    const by = { method: 'legacy_jwt', scopes: [], sessionId: opened.session.id } satisfies Partial<Principal>;
    const principal: Principal = { userId, clerkUserId, role, tier, ...by };
    const quotas = await this.quotas.show({ ...context, principal });
    const referral = isAllowed ? opened.referral : tooManyCodes;
    return { success: true, ...minted, isNewUser, user: presentExchanged(opened.user, quotas), referral };
  }
}
