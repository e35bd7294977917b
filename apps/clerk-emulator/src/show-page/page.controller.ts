import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { RouteNotFoundError } from '../errors';
import { PageAssets } from './page-assets';

/**
 * Headers that let the page load only its own files and keep other sites from framing it. They also block form
 * submissions: the page's scripts send each form with `fetch`, so a real submission could only come from injected HTML.
 */
const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-cache',
};

/** The page that a browser shows at the emulator's URL. */
@Controller()
export class PageController {
  constructor(private readonly assets: PageAssets) {}

  @Get()
  page(@Headers('if-none-match') known: string | undefined, @Res() reply: FastifyReply): void {
    this.send('index.html', known, reply);
  }

  @Get('page/:name')
  asset(
    @Param('name') name: string,
    @Headers('if-none-match') known: string | undefined,
    @Res() reply: FastifyReply,
  ): void {
    this.send(name, known, reply);
  }

  private send(name: string, known: string | undefined, reply: FastifyReply): void {
    const asset = this.assets.find(name);
    if (!asset) throw new RouteNotFoundError('GET', `/page/${name}`);
    void reply.headers({ ...PAGE_HEADERS, etag: asset.etag });
    if (known === asset.etag) void reply.status(304).send();
    else void reply.type(asset.type).send(asset.bytes);
  }
}
