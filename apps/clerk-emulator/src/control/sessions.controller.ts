import { Body, Controller, Get, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type ClerkSession } from '../clerk/session';
import { Clients } from '../frontend-api/clients';
import { DevBrowsers } from '../frontend-api/dev-browser.store';
import { ClerkParams } from '../http/clerk-params.pipe';
import { Instance } from '../instance';
import { type SignInParams, signInParams } from '../keep-sessions/session.schemas';
import { SessionsService } from '../keep-sessions/sessions.service';
import { TokenMinter } from '../mint-tokens/token-minter';
import { TOKEN_PRESETS, type TokenPreset, tokenPresets } from '../mint-tokens/token-presets';
import { type TokenObject } from '../mint-tokens/tokens.controller';
import { devBrowserOf, sessionCookies } from '../sign-in-by-code/session-cookies';
import { type MintTokenParams, mintTokenParams } from './control.schemas';

/** Signs users in and out, as they do in a browser, and mints valid and invalid tokens. */
@Controller('emulator')
export class ControlSessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly clients: Clients,
    private readonly devBrowsers: DevBrowsers,
    private readonly minter: TokenMinter,
    private readonly instance: Instance,
  ) {}

  /**
   * Signs a user in and sets Clerk's session cookies. When the browser has used the Frontend API on the same host, the
   * session joins those of the browser, so that Clerk's scripts find it.
   */
  @Post('sessions')
  @HttpCode(200)
  async signIn(
    @Body(new ClerkParams(signInParams)) params: SignInParams,
    @Headers('cookie') cookies: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ClerkSession> {
    const options = { status: params.status, actor: params.actor };
    const devBrowserId = devBrowserOf(cookies, this.instance.publishableKey);
    const isKnown = devBrowserId !== undefined && this.devBrowsers.has(devBrowserId);
    const session = isKnown
      ? this.clients.signIn(devBrowserId, params.user_id, null, options)
      : this.sessions.signIn(params.user_id, options);
    const token = await this.minter.mint(session.id);
    void reply.header('set-cookie', sessionCookies(token, this.instance.publishableKey));
    return session;
  }

  /**
   * Activates a pending session, as if the user had completed its tasks, such as choosing an organization. Sends
   * `session.created`, because Clerk sends this event when a session becomes active. A pending session begins with
   * `session.pending` instead.
   */
  @Post('sessions/:id/activate')
  @HttpCode(200)
  activate(@Param('id') id: string): ClerkSession {
    return this.sessions.activate(id);
  }

  /** Signs the user out. Sends `session.removed`. */
  @Post('sessions/:id/remove')
  @HttpCode(200)
  remove(@Param('id') id: string): ClerkSession {
    return this.sessions.finish(id, 'removed');
  }

  /** Ends the session as if it had expired. Sends `session.ended`. */
  @Post('sessions/:id/end')
  @HttpCode(200)
  end(@Param('id') id: string): ClerkSession {
    return this.sessions.finish(id, 'ended');
  }

  /** Mints a token. A `preset` makes the token invalid for one reason; other parameters override the preset's. */
  @Post('tokens')
  @HttpCode(200)
  async mint(@Body(new ClerkParams(mintTokenParams)) params: MintTokenParams): Promise<TokenObject> {
    const { session_id: sessionId, preset, expires_in_seconds, clock_skew_seconds, tampered_claims, ...given } = params;
    const faults = {
      ...given,
      expiresInSeconds: expires_in_seconds,
      clockSkewSeconds: clock_skew_seconds,
      tamperedClaims: tampered_claims,
    };
    const set = Object.fromEntries(Object.entries(faults).filter(([, value]) => value !== undefined));
    const wrong = preset === undefined ? {} : TOKEN_PRESETS[preset];
    return { object: 'token', jwt: await this.minter.mintFaulty(sessionId, { ...wrong, ...set }) };
  }

  @Get('tokens/presets')
  presets(): { data: TokenPreset[] } {
    return { data: tokenPresets };
  }
}
