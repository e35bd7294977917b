import { createReadStream } from 'node:fs';
import { Controller, Get, Header, NotFoundException, Param, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiExcludeController, type OpenAPIObject } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Access, type RouteAccess } from '../access/access';
import { ApiDocument } from './api-document';
import { page } from './docs-page';
import { pageStyle } from './page-style';
import { startScript } from './start-script';
import { swaggerFile } from './swagger-ui';

const access: RouteAccess = { access: 'public', permission: 'docs:read', rateClass: 'docs', navigation: true };
/**
 * Content-Security-Policy of the page. Allows inline styles, because Swagger UI sets them. Everything else must come
 * from this host.
 */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const fileSchema = z.string();
const REVALIDATE = 'no-cache';
const AN_HOUR = 'public, max-age=3600';

/** `/docs`: Swagger UI with its files, and the OpenAPI document. */
@Controller('docs')
@ApiExcludeController()
export class DocsController {
  constructor(private readonly document: ApiDocument) {}

  /**
   * Sends the page. Its links are relative, such as `docs/assets/start.js`. From `/docs/` a browser would request
   * `/docs/docs/assets/start.js`, which does not exist. So `/docs/` redirects to `/docs`.
   */
  @Get()
  @Access(access)
  async page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (request.url.split('?', 1)[0]?.endsWith('/')) {
      await reply.redirect('../docs', 302);
      return;
    }
    await reply
      .headers({ 'content-security-policy': POLICY, 'cache-control': REVALIDATE })
      .type('text/html; charset=utf-8')
      .send(page);
  }

  @Get('openapi.json')
  @Access(access)
  @Header('cache-control', REVALIDATE)
  openapi(): OpenAPIObject | undefined {
    return this.document.json;
  }

  @Get('assets/start.js')
  @Access(access)
  @Header('content-type', 'text/javascript; charset=utf-8')
  @Header('cache-control', AN_HOUR)
  startScript(): string {
    return startScript;
  }

  @Get('assets/page.css')
  @Access(access)
  @Header('content-type', 'text/css; charset=utf-8')
  @Header('cache-control', AN_HOUR)
  style(): string {
    return pageStyle;
  }

  @Get('assets/:file')
  @Access(access)
  @Header('cache-control', AN_HOUR)
  asset(@Param('file', { schema: fileSchema }) name: z.output<typeof fileSchema>): StreamableFile {
    const file = swaggerFile(name);
    if (file === undefined) throw new NotFoundException();
    return new StreamableFile(createReadStream(file.path), { type: file.type });
  }
}
