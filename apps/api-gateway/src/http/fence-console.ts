import { NotFoundException } from '@nestjs/common';
import { type FastifyInstance } from 'fastify';
import { type ConsoleHost } from '../console-host/console-host';

/** Routes of the console's pages and sessions. */
const CONSOLE = /^\/console(?:\/|$)/;
/** Other routes that the console's pages call. */
const CALLED = /^\/admin(?:\/|$)/;

/**
 * Serves the console at its own origin alone, and nothing there but what it needs. Judges by the route that was found, not
 * by the path: the router reads several spellings of a path alike.
 */
export function fenceConsole(server: FastifyInstance, host: ConsoleHost): void {
  server.addHook('onRequest', (request, reply, done) => {
    const { url = '' } = request.routeOptions;
    if (!host.includes(request)) return done(CONSOLE.test(url) ? new NotFoundException() : undefined);
    if (url === '/') {
      void reply.redirect('/console', 302);
      return;
    }
    done(CONSOLE.test(url) || CALLED.test(url) ? undefined : new NotFoundException());
  });
}
