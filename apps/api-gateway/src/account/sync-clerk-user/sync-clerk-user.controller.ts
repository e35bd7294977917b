import { type ReplyOf, syncClerkUser, userSchema } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiFoundResponse, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Access } from '../../access/access';
import { type ClerkCaller, type SignedOut } from '../../caller/caller';
import { anonymousContext } from '../../caller/origin';
import { requireClerkCaller } from '../../caller/require-clerk-caller';
import { AccountInactiveError, CredentialMissingError, SignInLoopError } from '../../errors';
import { SYNC_PATH } from '../../sign-in/redirect-target';
import { RoundTrips, maxRoundTrips } from '../../sign-in/round-trips';
import { SignIn } from '../../sign-in/sign-in';
import { named } from '../../openapi/named';
import { MayAnswer } from '../../problems/may-answer';
import { headersOf } from '../../openapi/response-headers';

const syncedSchema = named(
  'SyncedMe',
  z.object({
    success: z.literal(true),
    isNewUser: z.boolean(),
    user: userSchema,
    metadata: syncClerkUser.reply.shape.metadata,
  }),
);

/** `/api/clerk/syncUsers`: creates the signed-in Clerk user in Gatehouse, unless the user exists. */
@Controller(SYNC_PATH)
@ApiTags('auth')
export class SyncClerkUserController {
  constructor(
    private readonly services: RequestClient,
    private readonly signIn: SignIn,
    private readonly trips: RoundTrips,
  ) {}

  @Get()
  @Access({ access: 'browser-session', permission: 'clerk-users:sync', rateClass: 'sync', navigation: true })
  @MayAnswer('sign_in_loop')
  @ApiOperation({
    operationId: 'syncMeAndRedirect',
    summary: 'Create the user after sign-in unless the user exists, then redirect the browser to its target',
  })
  @ApiQuery({
    name: 'redirect_url',
    required: false,
    schema: { type: 'string', examples: ['https://app.example.com/home'] },
    description:
      'Target within `PUBLIC_URL` or `REDIRECT_ORIGINS`; any other target is replaced by `FALLBACK_REDIRECT_URL`.',
  })
  @ApiFoundResponse({
    description: 'To the target, or to the sign-in page if the session token is missing or expired',
    headers: headersOf('Location', 'Set-Cookie'),
  })
  async navigate(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const target = this.signIn.targetOf(request);
    const varies = reply.getHeader('vary');
    void reply.header('vary', [varies, 'Cookie, Authorization, Referer'].filter(Boolean).join(', '));
    const trips = this.trips.of(request.raw.rawHeaders);
    if (request.clerkCaller === undefined) {
      const url = this.signInUrl(target, trips, request.signedOut);
      await reply.header('set-cookie', this.trips.remember(trips + 1)).redirect(url, 302);
      return;
    }
    await this.sync(request.clerkCaller, request);
    if (trips > 0) void reply.header('set-cookie', this.trips.forget());
    await reply.redirect(target, 302);
  }

  @Post()
  @HttpCode(200)
  @Access({ access: 'clerk-session', permission: 'clerk-users:sync', rateClass: 'sync' })
  @ApiOperation({
    operationId: 'syncMe',
    summary: 'Create the signed-in Clerk user here unless the user exists, and return the user',
  })
  @ApiOkResponse({
    description:
      'The user, unchanged if it existed. `metadata` tells whether Clerk has `dbId` and `role`. Wait for them in session claims only while it is `pending`.',
    standardSchema: syncedSchema,
  })
  async synchronize(@Req() request: FastifyRequest): Promise<z.input<typeof syncedSchema>> {
    const { isNewUser, user, metadata } = await this.sync(requireClerkCaller(request), request);
    return { success: true, isNewUser, user, metadata };
  }

  private async sync({ session }: ClerkCaller, request: FastifyRequest): Promise<ReplyOf<typeof syncClerkUser>> {
    const { clerkUserId, sessionId } = session;
    const asked = { clerkUserId, sessionId };
    const synced = await this.services.send(syncClerkUser, asked, anonymousContext(request));
    if (!synced.isActive) throw new AccountInactiveError();
    return synced;
  }

  /**
   * @throws CredentialMissingError without `SIGN_IN_URL`, SignInLoopError after too many redirects to the sign-in page
   */
  private signInUrl(target: string, trips: number, signedOut: SignedOut | undefined): string {
    const url = this.signIn.urlFor(target);
    if (url === undefined) throw new CredentialMissingError();
    if (trips >= maxRoundTrips) throw new SignInLoopError(signedOut);
    return url;
  }
}
