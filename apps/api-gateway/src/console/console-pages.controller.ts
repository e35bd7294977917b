import { LOGGER } from '@gatehouse/observability';
import { Controller, Get, Inject, NotFoundException, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { z } from 'zod';
import { Access, type RouteAccess } from '../access/access';
import { type GatewayConfig } from '../config';
import { CONFIG } from '../tokens';
import { type ConsoleFile, ConsoleFiles } from './console-files';

const access: RouteAccess = { access: 'public', permission: 'console:read', rateClass: 'docs', navigation: true };
/** Content-Security-Policy of the page: scripts, styles and data come from this origin alone, and nothing is inline. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
const nameSchema = z.string();
type Name = z.output<typeof nameSchema>;

/** `/console`: one page for every address below it, and its assets. */
@Controller('console')
@ApiExcludeController()
export class ConsolePagesController {
  private readonly files: ConsoleFiles;

  constructor(@Inject(CONFIG) { consoleFiles }: GatewayConfig, @Inject(LOGGER) log: Logger) {
    this.files = ConsoleFiles.read(consoleFiles);
    if (this.files.page === undefined) log.warn('the console is not built, so its address answers 404: build it first');
  }

  @Get()
  @Access(access)
  async start(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.sendPage(request, reply);
  }

  @Get('assets/:file')
  @Access(access)
  async asset(
    @Param('file', { schema: nameSchema }) name: Name,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const file = this.files.asset(name);
    if (file === undefined) throw new NotFoundException();
    // The name changes with the content.
    void reply.header('cache-control', 'public, max-age=31536000, immutable');
    await send(file, request, reply);
  }

  @Get(':list')
  @Access(access)
  async list(
    @Param('list', { schema: nameSchema }) _list: Name,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.sendPage(request, reply);
  }

  @Get(':list/:id')
  @Access(access)
  async detail(
    @Param('list', { schema: nameSchema }) _list: Name,
    @Param('id', { schema: nameSchema }) _id: Name,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.sendPage(request, reply);
  }

  private async sendPage(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { page } = this.files;
    if (page === undefined) throw new NotFoundException('The console is not built.');
    void reply.headers({
      'cache-control': 'no-store',
      'content-security-policy': POLICY,
      'cross-origin-opener-policy': 'same-origin',
    });
    await send(page, request, reply);
  }
}

async function send(file: ConsoleFile, { headers }: FastifyRequest, reply: FastifyReply): Promise<void> {
  void reply.type(file.type).header('vary', 'Accept-Encoding');
  if (!/\bgzip\b/.test(headers['accept-encoding'] ?? '')) return void (await reply.send(file.content));
  await reply.header('content-encoding', 'gzip').send(await file.gzipped());
}
