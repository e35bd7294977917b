import { hash } from 'node:crypto';
import { closeSession, maxPasswordLength, propagationSchema, userSchema, verifyLogin } from '@gatehouse/contracts';
import { countedAddress } from '@gatehouse/http-edge';
import { RequestClient } from '@gatehouse/messaging';
import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Access } from '../../access/access';
import { LegacyTokens } from '../../authentication/legacy-tokens';
import { type CallerRequest } from '../../caller/caller';
import { anonymousContext } from '../../caller/origin';
import { RateLimiter } from '../../limits/rate-limiter';
import { named } from '../../openapi/named';
import { MayAnswer } from '../../problems/may-answer';

const loginSchema = named(
  'Login',
  z.strictObject({
    email: z.string().trim().min(1).max(320),
    password: z.string().min(1).max(maxPasswordLength),
  }),
);

const loggedInSchema = named(
  'LoggedIn',
  z.object({
    success: z.literal(true),
    token: z.string(),
    expiresAt: z.iso.datetime(),
    user: userSchema,
  }),
);

const loggedOutSchema = named(
  'LoggedOut',
  z.object({
    success: z.literal(true),
    closed: z.number().int(),
    propagation: propagationSchema.nullable(),
  }),
);

/** `POST /auth/login` and `POST /auth/logout`: sessions of local users. */
@Controller('auth')
@ApiTags('auth')
export class LogInController {
  constructor(
    private readonly services: RequestClient,
    private readonly tokens: LegacyTokens,
    private readonly limits: RateLimiter,
  ) {}

  @Post('login')
  @HttpCode(200)
  @Access({ access: 'public', permission: 'session:create', rateClass: 'login' })
  @MayAnswer('invalid_credentials', 'forbidden', 'legacy_tokens_off')
  @ApiOperation({ operationId: 'logIn', summary: 'Log in a local user with e-mail address and password' })
  @ApiOkResponse({ description: 'A Gatehouse token and the user', standardSchema: loggedInSchema })
  async logIn(
    @Body({ schema: loginSchema }) { email, password }: z.output<typeof loginSchema>,
    @Req() request: FastifyRequest,
  ): Promise<z.input<typeof loggedInSchema>> {
    const sessionTtlMs = this.tokens.ttlMs;
    const { from } = await this.throttle(email, request);
    const asked = { email, password, sessionTtlMs };
    const { userId, session, user } = await this.services.send(verifyLogin, asked, anonymousContext(request));
    await this.limits.consume('loggedIn', from);
    return { success: true, ...this.tokens.mint({ userId, session, parentSessionId: null }), user };
  }

  @Post('logout')
  @HttpCode(200)
  @Access({ access: 'user', permission: 'session:delete', rateClass: 'write', credential: 'session' })
  @ApiOperation({ operationId: 'logOut', summary: 'End the session of this request' })
  @ApiOkResponse({
    description: 'Number of sessions closed. `propagation` tells how many gateways have acknowledged that.',
    standardSchema: loggedOutSchema,
  })
  async logOut(@Req() { caller }: CallerRequest): Promise<z.input<typeof loggedOutSchema>> {
    return { success: true, ...(await this.services.send(closeSession, {}, caller)) };
  }

  /**
   * Counts the attempt before the account is looked up, so that the limit does not reveal which accounts exist. The
   * counters hold a hash of the e-mail address. The limit per account does not apply to a client address from which the
   * account has logged in before. So guesses from other addresses cannot lock out the owner.
   */
  private async throttle(email: string, request: FastifyRequest): Promise<{ readonly from: string }> {
    const account = hash('sha256', email.toLowerCase(), 'base64url');
    const from = `${account}:${countedAddress(request.ip)}`;
    await this.limits.consume('loginFromAddress', from);
    if (!(await this.limits.hasRecorded('loggedIn', from))) await this.limits.consume('loginOfAccount', account);
    return { from };
  }
}
