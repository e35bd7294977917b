import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { type Duplex } from 'node:stream';
import { type Problem } from '@gatehouse/contracts';
import { type Rejection } from './rejection';

/** Content type of problem responses. */
export const PROBLEM_TYPE = 'application/problem+json';

/**
 * The problem that tells a client of a rejection. `type` is `about:blank` because `code` identifies the problem.
 * @see https://www.rfc-editor.org/rfc/rfc9457#section-4.2.1
 */
export function problemOf(
  { status, code, detail }: Pick<Rejection, 'status' | 'code' | 'detail'>,
  requestId: string,
): Problem {
  const title = STATUS_CODES[status] ?? 'Error';
  return { type: 'about:blank', title, status, code, ...(detail !== undefined && { detail }), requestId };
}

/** Body of the response to a rejected request. */
export function problemBody(rejection: Rejection, requestId: string): string {
  return JSON.stringify(problemOf(rejection, requestId));
}

/** Writes a problem to a connection that has no response object, and closes the connection. */
export function writeProblem(socket: Duplex, rejection: Rejection, requestId: string = randomUUID()): void {
  if (socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const body = problemBody(rejection, requestId);
  const headers = {
    'Content-Type': PROBLEM_TYPE,
    'Content-Length': Buffer.byteLength(body),
    'x-request-id': requestId,
    Connection: 'close',
    ...rejection.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const { status } = rejection;
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`, ...lines, '', body].join('\r\n'));
}
