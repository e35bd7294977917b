import { type FastifyInstance } from 'fastify';
import { type Authenticator } from './authenticator';
import { type Caller } from './caller';

/**
 * Asks once more who is calling when a body has been waited for: the caller chooses for how long, and must not act by a
 * credential that has ended meanwhile. What is remembered answers at once.
 */
export function askAgainAfterBody(server: FastifyInstance, authenticator: Pick<Authenticator, 'authenticate'>): void {
  server.addHook('preValidation', (request, _reply, done) => {
    if (request.caller === undefined || request.body === undefined) return done();
    const goOn = (caller: Caller) => {
      request.caller = caller;
      done();
    };
    const caller = authenticator.authenticate(request);
    if (caller instanceof Promise) caller.then(goOn, done);
    else goOn(caller);
  });
}
