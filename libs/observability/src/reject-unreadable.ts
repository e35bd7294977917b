import { type Socket } from 'node:net';
import { type Problem } from '@gatehouse/contracts';
import { unreadableFault, writeProblem } from '@gatehouse/http-edge';

/**
 * Returns a handler for Fastify's option `clientErrorHandler`. Node calls it for bytes that are not an HTTP request,
 * and for requests that arrive too slowly or have too large headers. Hooks and filters never see these, so the handler
 * itself writes a problem response.
 * @param describe code and detail for the statuses 400, 408 and 431
 */
export function rejectUnreadable(describe: (status: number) => Pick<Problem, 'code' | 'detail'>) {
  return (error: Error & { readonly code?: string }, socket: Socket): void => {
    const { status } = unreadableFault(error.code);
    if (error.code === 'ECONNRESET') socket.destroy();
    else writeProblem(socket, { status, ...describe(status) });
  };
}
