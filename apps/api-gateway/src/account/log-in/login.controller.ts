import { hash } from 'node:crypto';
import {
  closeSession,
  maxPasswordLength,
  newPasswordSchema,
  propagationSchema,
  setPassword,
  userSchema,
  verifyLogin,
} from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type CallerRequest } from '../../caller/caller';
import { anonymousContext } from '../../caller/origin';
import { Access } from '../../access/access';
import { RateLimits, countedAddress } from '../../limits/rate-limits';
import { LegacyTokens } from '../../authentication/legacy-tokens';

const loginSchema = z.strictObject({
  email: z.string().trim().min(1).max(320),
  password: z.string().min(1).max(maxPasswordLength),
});

const passwordSchema = z.strictObject({ token: z.string().min(1).max(256), password: newPasswordSchema });

const loggedInSchema = z.object({
  success: z.literal(true),
  token: z.string(),
  expiresAt: z.iso.datetime(),
  user: userSchema,
});

const loggedOutSchema = z.object({
  success: z.literal(true),
  closed: z.number().int(),
  propagation: propagationSchema.nullable(),
});

const passwordSetSchema = z.object({ success: z.literal(true), propagation: propagationSchema.nullable() });

/** Local users: log in with a password, log out, set the password by a one-time token. */
@Controller('auth')
@ApiTags('auth')
export class LoginController {
  constructor(
    private readonly services: RequestClient,
    private readonly tokens: LegacyTokens,
    private readonly limits: RateLimits,
  ) {}

  @Post('login')
  @HttpCode(200)
  @Access({ access: 'public', permission: 'session:create', rateClass: 'login' })
  @ApiOperation({ summary: 'Log a local user in' })
  @ApiOkResponse({ description: 'A token of our own', standardSchema: loggedInSchema })
  async logIn(
    @Body({ schema: loginSchema }) { email, password }: z.output<typeof loginSchema>,
    @Req() request: FastifyRequest,
  ): Promise<z.input<typeof loggedInSchema>> {
    const sessionTtlMs = this.tokens.ttlMs;
    const { from } = await this.throttle(email, request);
    const asked = { email, password, sessionTtlMs };
    const { userId, session, user } = await this.services.send(verifyLogin, asked, anonymousContext(request));
    await this.limits.act('loggedIn', from);
    return { success: true, ...this.tokens.mint({ userId, session, parentSessionId: null }), user };
  }

  @Post('logout')
  @HttpCode(200)
  @Access({ access: 'user', permission: 'session:delete', rateClass: 'write', credential: 'session' })
  @ApiOperation({ summary: 'End the session that this is called with' })
  @ApiOkResponse({
    description: 'How many sessions were closed, and how far that is known',
    standardSchema: loggedOutSchema,
  })
  async logOut(@Req() { caller }: CallerRequest): Promise<z.input<typeof loggedOutSchema>> {
    return { success: true, ...(await this.services.send(closeSession, {}, caller)) };
  }

  @Post('password')
  @HttpCode(200)
  @Access({ access: 'public', permission: 'password:write', rateClass: 'login' })
  @ApiOperation({ summary: 'Set the password of a local user by a one-time token' })
  @ApiOkResponse({
    description: 'Every session of the user has ended; how far that is known',
    standardSchema: passwordSetSchema,
  })
  async setPassword(
    @Body({ schema: passwordSchema }) body: z.output<typeof passwordSchema>,
    @Req() request: FastifyRequest,
  ): Promise<z.input<typeof passwordSetSchema>> {
    const { propagation } = await this.services.send(setPassword, body, anonymousContext(request));
    return { success: true, propagation };
  }

  /**
   * The same for accounts that exist and those that do not. Addresses of people are not kept as keys. Strangers who use up
   * an account's tries do not lock out who has logged in to it before from where it is now.
   */
  private async throttle(email: string, request: FastifyRequest): Promise<{ readonly from: string }> {
    const account = hash('sha256', email.toLowerCase(), 'base64url');
    const from = `${account}:${countedAddress(request.ip)}`;
    await this.limits.act('loginFromAddress', from);
    if (!(await this.limits.hasActed('loggedIn', from))) await this.limits.act('loginOfAccount', account);
    return { from };
  }
}
