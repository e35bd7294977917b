import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type ClerkSession } from '../clerk/session';
import { ClerkParams } from '../http/clerk-params.pipe';
import { Instance } from '../instance';
import { TokenMinter } from '../mint-tokens/token-minter';
import { Outbox, type SentMessage } from './outbox';
import { sessionCookies } from './session-cookies';
import { type SignIn } from './sign-in';
import {
  type AttemptParams,
  attemptParams,
  type MessagesParams,
  messagesParams,
  type StartSignInParams,
  startSignInParams,
} from './sign-in.schemas';
import { SignInService } from './sign-in.service';

/** Sign-in by code. At Clerk, a browser uses the Frontend API for it. */
@Controller('emulator')
export class SignInController {
  constructor(
    private readonly signIns: SignInService,
    private readonly outbox: Outbox,
    private readonly minter: TokenMinter,
    private readonly instance: Instance,
  ) {}

  /** Sends the code. Publishes `sms.created` or `email.created`. */
  @Post('sign-in')
  @HttpCode(200)
  start(@Body(new ClerkParams(startSignInParams)) params: StartSignInParams): SignIn {
    return this.signIns.start(params);
  }

  @Get('sign-in/:id')
  get(@Param('id') id: string): SignIn {
    return this.signIns.get(id);
  }

  @Post('sign-in/:id/resend')
  @HttpCode(200)
  resend(@Param('id') id: string): SignIn {
    return this.signIns.resend(id);
  }

  /** Checks the code. Returns the session and sets Clerk's session cookies. */
  @Post('sign-in/:id/attempt')
  @HttpCode(200)
  async attempt(
    @Param('id') id: string,
    @Body(new ClerkParams(attemptParams)) { code }: AttemptParams,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignIn & { session: ClerkSession }> {
    const { signIn, session } = this.signIns.attempt(id, code);
    const token = await this.minter.mint(session.id);
    void reply.header('set-cookie', sessionCookies(token, this.instance.publishableKey));
    return { ...signIn, session };
  }

  @Get('messages')
  messages(@Query(new ClerkParams(messagesParams)) { to }: MessagesParams): { data: SentMessage[] } {
    return { data: this.outbox.list(to) };
  }
}
