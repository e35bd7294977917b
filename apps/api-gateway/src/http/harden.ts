import { BadRequestException } from '@nestjs/common';
import { type FastifyInstance } from 'fastify';

/** What every answer carries unless its route says otherwise. */
export const hardening = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Headers by which proxies tell applications who is calling: here only a verified credential does. */
const IDENTITY_HEADER =
  /^x-(gatehouse-.*|principal.*|auth-.*|authenticated-.*|forwarded-(user|email|groups|preferred-username)|remote-user|(clerk-)?user(-.*)?|role|roles|scopes|tier|tenant(-.*)?|org(-.*)?|session(-.*)?|account(-.*)?)$/;

/** Sets the headers that protect, drops those that claim an identity, and rejects HTTP/0.9 and unknown framing. */
export function harden(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    void reply.headers(hardening);
    // HTTP/0.9 has no headers: some readers take what follows for another request, others for headers.
    if (request.raw.httpVersionMajor < 1) return done(new BadRequestException());
    if (!isFramed(request.raw.headers['transfer-encoding'])) return done(new BadRequestException());
    dropIdentityHeaders(request.raw.headers);
    done();
  });
}

/** Removes clients' own identity headers. */
export function dropIdentityHeaders(headers: NodeJS.Dict<string | string[]>): void {
  for (const name in headers) if (name.startsWith('x-') && IDENTITY_HEADER.test(name)) delete headers[name];
}

/** Whether the length of the body is certain: of the transfer codings, only `chunked` is known. RFC 9112, section 6.3. */
function isFramed(transferEncoding: string | undefined): boolean {
  return transferEncoding === undefined || transferEncoding.trim().toLowerCase() === 'chunked';
}
