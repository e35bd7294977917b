import { randomUUID } from 'node:crypto';
import { apiKeyHash, readCredential } from '@gatehouse/auth';
import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Access } from '../access/access';
import { AuditTrail } from '../audit/audit-trail';
import { type CallerRequest } from '../caller/caller';
import { type GatewayConfig } from '../config';
import { type ConsoleHost } from '../console-host/console-host';
import { SessionRefusedError } from '../errors';
import { CONFIG } from '../tokens';
import { CONSOLE_HOST } from './tokens';

/** Time within which a link must be opened; milliseconds. */
const CODE_TTL_MS = 60_000;

/** Link that signs in to the console, once. */
interface ConsoleLink {
  /** The code is in the fragment, which browsers send to no server. */
  readonly url: string;
  readonly expiresAt: string;
}

/** `POST /admin/console-codes`: makes a link that signs in to the console, with the rights of the API key that asks. */
@Controller('admin/console-codes')
@ApiExcludeController()
export class ConsoleCodesController {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<GatewayConfig, 'consoleSeal'>,
    @Inject(CONSOLE_HOST) private readonly host: ConsoleHost,
    private readonly audit: AuditTrail,
  ) {}

  @Post()
  @HttpCode(200)
  @Access({ access: 'admin', permission: 'console:open', rateClass: 'admin', scope: 'none' })
  async make(@Req() request: CallerRequest): Promise<ConsoleLink> {
    const credential = readCredential(request);
    // A session of the console must not make another one, which would outlive it.
    if (credential.kind !== 'api_key') throw new SessionRefusedError();
    const content = { id: randomUUID(), keyHash: apiKeyHash(credential.key), expiresAt: Date.now() + CODE_TTL_MS };
    await this.audit.madeConsoleCode(content.id, request.caller);
    const code = this.config.consoleSeal.current.seal('code', content);
    return { url: `${this.host.origin}/console#code=${code}`, expiresAt: new Date(content.expiresAt).toISOString() };
  }
}
