import { randomUUID } from 'node:crypto';
import { spendConsoleCode } from '@gatehouse/contracts';
import { RequestClient, RequestRefusedError } from '@gatehouse/messaging';
import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Access } from '../access/access';
import { Authenticator } from '../authentication/authenticator';
import { ConsoleSessions } from '../authentication/console-sessions';
import { type Caller, type CallerRequest } from '../caller/caller';
import { credentialExpiry } from '../caller/credential-expiry';
import { type GatewayConfig } from '../config';
import { type ConsoleHost } from '../console-host/console-host';
import { RoleInsufficientError } from '../errors';
import { CONFIG } from '../tokens';
import { CONSOLE_HOST } from './tokens';

/** Longest session; milliseconds. */
const SESSION_TTL_MS = 8 * 60 * 60_000;

const signInSchema = z.strictObject({ code: z.string().min(1).max(512) });

/** Who is signed in, and what the session may do. */
interface ConsoleSession {
  readonly userId: string;
  readonly keyId: string | undefined;
  readonly scopes: readonly string[];
  /** When the session ends, if its API key does not end before. */
  readonly expiresAt: string;
}

/** `/console/session`: signs in with the code of a link, and out. The cookie holds the session, and no page can read it. */
@Controller('console/session')
@ApiExcludeController()
export class ConsoleSessionController {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<GatewayConfig, 'consoleSeal'>,
    @Inject(CONSOLE_HOST) private readonly host: ConsoleHost,
    private readonly authenticator: Authenticator,
    private readonly sessions: ConsoleSessions,
    private readonly services: RequestClient,
  ) {}

  @Post()
  @HttpCode(200)
  @Access({ access: 'public', permission: 'console:open', rateClass: 'login' })
  async signIn(
    @Body({ schema: signInSchema }) { code }: z.output<typeof signInSchema>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConsoleSession> {
    // Otherwise a page of a stranger could sign its visitor in as the stranger.
    this.sessions.requireOwnPage(request);
    const seal = this.config.consoleSeal.current;
    const now = Date.now();
    const opened = seal.open('code', code, now);
    if (opened === undefined) throw new RequestRefusedError('token_invalid', 'The link has expired. Make a new one.');
    const session = { id: randomUUID(), keyHash: opened.keyHash, expiresAt: now + SESSION_TTL_MS };
    const caller = await this.authenticator.ofConsole(session, request);
    if (caller.principal.role !== 'admin') throw new RoleInsufficientError();
    await this.services.send(spendConsoleCode, { id: opened.id, expiresAt: opened.expiresAt }, caller);
    const value = seal.seal('session', session);
    void reply.header('set-cookie', this.host.setCookie(value, SESSION_TTL_MS / 1_000));
    return present(caller);
  }

  @Get()
  @Access({ access: 'admin', permission: 'console:read', rateClass: 'admin', scope: 'none' })
  show(@Req() { caller }: CallerRequest): ConsoleSession {
    return present(caller);
  }

  @Delete()
  @HttpCode(204)
  @Access({ access: 'public', permission: 'console:close', rateClass: 'docs' })
  signOut(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): void {
    this.sessions.requireOwnPage(request);
    void reply.header('set-cookie', this.host.setCookie('', 0));
  }
}

function present({ principal, credential }: Caller): ConsoleSession {
  const { userId, keyId, scopes } = principal;
  return { userId, keyId, scopes, expiresAt: new Date(credentialExpiry(credential)).toISOString() };
}
