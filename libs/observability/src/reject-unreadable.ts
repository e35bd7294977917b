import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { type Socket } from 'node:net';
import { type Problem } from '@gatehouse/contracts';

const statuses: Record<string, number> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };

/**
 * Returns a handler for Fastify's option `clientErrorHandler`. Node calls it for bytes that are not an HTTP request,
 * and for requests that arrive too slowly or have too large headers. Hooks and filters never see these, so the handler
 * itself writes a problem response.
 * @param describe code and detail for the statuses 400, 408 and 431
 */
export function rejectUnreadable(describe: (status: number) => Pick<Problem, 'code' | 'detail'>) {
  return (error: Error & { readonly code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
      socket.destroy();
      return;
    }
    const status = statuses[error.code ?? ''] ?? 400;
    const { code, detail } = describe(status);
    const title = STATUS_CODES[status] ?? 'Error';
    const problem: Problem = { type: 'about:blank', title, status, code, detail, requestId: randomUUID() };
    const body = JSON.stringify(problem);
    const lines = [
      `HTTP/1.1 ${status} ${title}`,
      'Content-Type: application/problem+json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
    ];
    socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
  };
}
