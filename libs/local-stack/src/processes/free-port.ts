import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { PortTakenError } from '../errors';

const loopback = '127.0.0.1';

/**
 * This range lies below the ports that systems assign to outgoing connections (on Linux from 32768), so that a
 * restarted server finds its own port free.
 */
const RANGE = { first: 20_000, count: 10_000 };
/**
 * Size, in ports, of the part of the range in which a process begins its search. Processes with consecutive ids begin
 * in different parts. `freePort` checks a port but does not reserve it, so two processes that searched the same ports
 * could both choose the same port.
 */
const PART = 200;
let next = (process.pid * PART + randomInt(PART)) % RANGE.count;

/** A TCP port of 127.0.0.1 that is free now. Does not return the same port twice in a row. */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < RANGE.count; tried += 1) {
    const port = RANGE.first + next;
    next = (next + 1) % RANGE.count;
    if (await isPortFree(port)) return port;
  }
  return listen(0);
}

/** True when the port is free: no program listens on it at 127.0.0.1 or at 0.0.0.0. */
async function isPortFree(port: number): Promise<boolean> {
  return listen(port).then(
    () => true,
    () => false,
  );
}

/**
 * Checks that a port is free.
 * @param purpose what needs the port, for the message
 * @param variable the variable that chooses another port, for the message
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
