import { Controller, Get, Query, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { z } from 'zod';
import { ClerkParams } from '../http/clerk-params.pipe';
import { providerPage } from './provider-page';
import { PROVIDER_PATH, ProviderRequests } from './provider-requests';

const pageParams = z.object({ state: z.string().max(100) });

/** No script at all, and no frame. A `form-action` would block the redirect to the app that follows the form. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/** The Test Provider: a page of the emulator in the place of Google's or GitHub's. */
@Controller(PROVIDER_PATH)
export class TestProviderController {
  constructor(private readonly requests: ProviderRequests) {}

  @Get()
  page(@Query(new ClerkParams(pageParams)) { state }: z.output<typeof pageParams>, @Res() reply: FastifyReply): void {
    this.requests.get(state);
    void reply.headers(HEADERS).type('text/html; charset=utf-8').send(providerPage(state));
  }
}
