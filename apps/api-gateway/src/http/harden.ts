import { BadRequestException } from '@nestjs/common';
import { type FastifyInstance } from 'fastify';
import { securityHeaders } from '../problems/security-headers';

/**
 * Headers in which proxies name the caller, such as `X-User-Id`. The gateway removes them, because it trusts verified
 * credentials only.
 */
const IDENTITY_HEADER =
  /^x-(gatehouse-.*|principal.*|auth-.*|authenticated-.*|forwarded-(user|email|groups|preferred-username)|remote-user|(clerk-)?user(-.*)?|role|roles|scopes|tier|tenant(-.*)?|org(-.*)?|session(-.*)?|account(-.*)?)$/;

/** Sets security headers, drops identity headers of clients, and rejects HTTP/0.9 and unknown transfer encodings. */
export function harden(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    void reply.headers(securityHeaders);
    // Rejects HTTP/0.9, which has no headers. Implementations disagree on whether the bytes after the request line are
    // headers or another request.
    if (request.raw.httpVersionMajor < 1) return done(new BadRequestException());
    if (!isFramed(request.raw.headers['transfer-encoding'])) return done(new BadRequestException());
    dropIdentityHeaders(request.raw.headers);
    done();
  });
}

/** Removes headers in which a client names a user, role or tenant. */
export function dropIdentityHeaders(headers: NodeJS.Dict<string | string[]>): void {
  for (const name in headers) if (name.startsWith('x-') && IDENTITY_HEADER.test(name)) delete headers[name];
}

/** Whether the length of the body is unambiguous: no `Transfer-Encoding`, or only `chunked`. RFC 9112 section 6.3. */
function isFramed(transferEncoding: string | undefined): boolean {
  return transferEncoding === undefined || transferEncoding.trim().toLowerCase() === 'chunked';
}
