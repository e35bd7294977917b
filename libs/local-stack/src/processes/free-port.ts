import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { PortTakenError } from '../errors';

const loopback = '127.0.0.1';

/**
 * Below the ports that systems give to whoever asks for any (Linux from 32768 on): a server that is stopped finds its own
 * free when it is started again.
 */
const RANGE = { first: 20_000, count: 10_000 };
/** Two processes that look at once begin in different parts of it, and none with what the one before it has just left. */
const PART = 200;
let next = (process.pid * PART + randomInt(PART)) % RANGE.count;

/** A TCP port of 127.0.0.1 that nobody listens on right now; not one that this test file was given a moment ago. */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < RANGE.count; tried += 1) {
    const port = RANGE.first + next;
    next = (next + 1) % RANGE.count;
    if (await isPortFree(port)) return port;
  }
  return listen(0);
}

/** True when nobody listens on this port of 127.0.0.1 (or of all addresses). */
export async function isPortFree(port: number): Promise<boolean> {
  return listen(port).then(
    () => true,
    () => false,
  );
}

/**
 * Passes when the port is free.
 * @param purpose who needs it, for the message
 * @param variable the environment variable that chooses another one, for the message
 * @throws PortTakenError
 */
export async function requireFreePort(port: number, purpose: string, variable?: string): Promise<void> {
  if (!(await isPortFree(port))) throw new PortTakenError(port, purpose, variable);
}

function listen(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.unref();
    server.once('error', reject);
    server.listen({ port, host: loopback, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}
