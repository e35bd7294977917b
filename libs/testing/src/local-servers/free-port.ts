import { createServer } from 'node:net';
import { PortTakenError } from '../errors';

const loopback = '127.0.0.1';

/** A TCP port of 127.0.0.1 that nobody listens on right now; the kernel picks it. */
export function freePort(): Promise<number> {
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
