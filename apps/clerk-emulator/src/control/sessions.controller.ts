import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { type ClerkSession } from '../clerk/session';
import { ClerkParams } from '../http/clerk-params.pipe';
import { type CreateSessionParams, createSessionParams } from '../keep-sessions/session.schemas';
import { SessionsService } from '../keep-sessions/sessions.service';
import { TokenMinter } from '../mint-tokens/token-minter';
import { type TokenObject } from '../mint-tokens/tokens.controller';
import { type MintTokenParams, mintTokenParams } from './control.schemas';

/** Does what a user would do in a browser, and mints tokens that are wrong on purpose. */
@Controller('emulator')
export class ControlSessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly minter: TokenMinter,
  ) {}

  @Post('sessions')
  @HttpCode(200)
  signIn(@Body(new ClerkParams(createSessionParams)) params: CreateSessionParams): ClerkSession {
    return this.sessions.signIn(params.user_id);
  }

  /** The user signs out: `session.removed`. */
  @Post('sessions/:id/remove')
  @HttpCode(200)
  remove(@Param('id') id: string): ClerkSession {
    return this.sessions.finish(id, 'removed');
  }

  /** The session runs out: `session.ended`. */
  @Post('sessions/:id/end')
  @HttpCode(200)
  end(@Param('id') id: string): ClerkSession {
    return this.sessions.finish(id, 'ended');
  }

  @Post('tokens')
  @HttpCode(200)
  async mint(@Body(new ClerkParams(mintTokenParams)) params: MintTokenParams): Promise<TokenObject> {
    const { session_id: sessionId, expires_in_seconds: expiresInSeconds, ...faults } = params;
    return { object: 'token', jwt: await this.minter.mintFaulty(sessionId, { ...faults, expiresInSeconds }) };
  }
}
