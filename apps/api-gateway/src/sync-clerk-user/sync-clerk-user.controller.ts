import { type ReplyOf, syncClerkUser, userSchema } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiFoundResponse, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type ClerkCaller } from '../authenticate/caller';
import { anonymousContext } from '../authenticate/origin';
import { requireClerkCaller } from '../authenticate/require-clerk-caller';
import { CONFIG, type GatewayConfig } from '../config';
import { Access } from '../declare-access/access';
import { AccountInactiveError, CredentialMissingError } from '../errors';
import { type RedirectRules, redirectTarget } from './redirect-target';

const PATH = '/api/clerk/syncUsers';
const syncedSchema = z.object({ success: z.literal(true), isNewUser: z.boolean(), user: userSchema });

/** `/api/clerk/syncUsers`: makes sure that the signed-in Clerk user exists here. */
@Controller('api/clerk/syncUsers')
@ApiTags('auth')
export class SyncClerkUserController {
  private readonly rules: RedirectRules;

  constructor(
    private readonly services: RequestClient,
    @Inject(CONFIG) private readonly config: GatewayConfig,
  ) {
    this.rules = { publicUrl: config.publicUrl, origins: config.redirectOrigins, ownPath: PATH };
  }

  @Get()
  @Access({ access: 'browser-session', permission: 'clerk-users:sync', rateClass: 'sync', navigation: true })
  @ApiOperation({
    summary: "A browser's way here after signing in: makes the user, then goes on to where it was going",
  })
  @ApiQuery({ name: 'redirect_url', required: false, description: 'Where to go; only to origins that are listed' })
  @ApiFoundResponse({ description: 'To the target, or to sign in' })
  async navigate(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const target = redirectTarget([queried(request), request.headers.referer], this.rules);
    const varies = reply.getHeader('vary');
    void reply.header('vary', [varies, 'Cookie, Authorization, Referer'].filter(Boolean).join(', '));
    if (request.clerkCaller === undefined) {
      await reply.redirect(this.signIn(target), 302);
      return;
    }
    await this.sync(request.clerkCaller, request);
    await reply.redirect(target, 302);
  }

  @Post()
  @HttpCode(200)
  @Access({ access: 'clerk-session', permission: 'clerk-users:sync', rateClass: 'sync' })
  @ApiOperation({ summary: 'Make sure that the signed-in Clerk user exists here' })
  @ApiOkResponse({ description: 'The user', standardSchema: syncedSchema })
  async synchronize(@Req() request: FastifyRequest): Promise<z.input<typeof syncedSchema>> {
    const { isNewUser, user } = await this.sync(requireClerkCaller(request), request);
    return { success: true, isNewUser, user };
  }

  private async sync({ session }: ClerkCaller, request: FastifyRequest): Promise<ReplyOf<typeof syncClerkUser>> {
    const { clerkUserId, sessionId } = session;
    const asked = { clerkUserId, sessionId };
    const synced = await this.services.send(syncClerkUser, asked, anonymousContext(request));
    if (!synced.isActive) throw new AccountInactiveError();
    return synced;
  }

  /** Back here after signing in, and from here to the target. Throws CredentialMissingError where nobody can sign in. */
  private signIn(target: string): string {
    const { signInUrl, publicUrl } = this.config;
    if (signInUrl === undefined) throw new CredentialMissingError();
    const back = new URL(`${publicUrl}${PATH}`);
    back.searchParams.set('redirect_url', target);
    const url = new URL(signInUrl);
    url.searchParams.set('redirect_url', back.href);
    return url.href;
  }
}

function queried(request: FastifyRequest): string | undefined {
  const { redirect_url: value } = request.query as Record<string, unknown>;
  return typeof value === 'string' ? value : undefined;
}
