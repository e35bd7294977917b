import { userExportSchema } from '@gatehouse/contracts';
import { LOGGER } from '@gatehouse/observability';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type Logger } from 'pino';
import { Access } from '../../access/access';
import { AuditTrail } from '../../audit/audit-trail';
import { Authenticator } from '../../authentication/authenticator';
import { type CallerRequest } from '../../caller/caller';
import { requireOwnSession } from '../../caller/require-own-session';
import { headersOf } from '../../openapi/response-headers';
import { type Pace, pacedStream } from './paced-stream';
import { RunningExports } from './running-exports';
import { UserExporter } from './user-export';

const PACE: Pace = { stallMs: 60_000, totalMs: 15 * 60_000 };

/** `GET /api/me/export`: everything about the caller as one JSON document. */
@Controller('api/me/export')
@ApiTags('profile')
export class ExportMeController {
  constructor(
    private readonly exporter: UserExporter,
    private readonly running: RunningExports,
    private readonly authenticator: Authenticator,
    private readonly audit: AuditTrail,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Get()
  @Access({ access: 'user', permission: 'me:export', rateClass: 'export' })
  @ApiOperation({
    operationId: 'exportMe',
    summary: 'Export everything that is stored about me',
    description:
      'One JSON document, sent as it is read. Its last member is `complete`. If something fails on the way, the connection is closed before that: the document is then incomplete and no valid JSON, so request it again. 429 while an export of the same user is running. Rejects sessions in which somebody else acts as the user.',
  })
  @ApiOkResponse({
    description: 'The document, as a download',
    standardSchema: userExportSchema,
    headers: headersOf('Content-Disposition'),
  })
  async export(@Req() request: CallerRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request;
    requireOwnSession(caller.credential);
    const day = new Date().toISOString().slice(0, 10);
    void reply.header('content-disposition', `attachment; filename="gatehouse-export-${day}.json"`);
    void reply.type('application/json');
    if (request.method === 'HEAD') return void (await reply.send());
    const running = this.running.begin(caller.principal.userId);
    try {
      const pieces = await this.exporter.begin(caller, () => this.authenticator.confirm(caller, request));
      await this.audit.exported(caller);
      const stream = pacedStream(pieces, PACE, () => running.end());
      running.sends(stream);
      stream.once('error', (error) => this.logger.warn({ err: error }, 'export broken off'));
      await reply.send(stream);
    } catch (error) {
      running.end();
      throw error;
    }
  }
}
