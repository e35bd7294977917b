import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { type AddressInfo } from 'node:net';
import { fastify } from 'fastify';
import { drainConnectionsOnShutdown } from './drain-connections';

const KEEP_ALIVE_MS = 600_000;

it('a keep-alive connection with a request in progress does not delay the shutdown', async () => {
  const server = fastify({ keepAliveTimeout: KEEP_ALIVE_MS, return503OnClosing: false });
  drainConnectionsOnShutdown(server);
  const closing = new Promise<void>((resolve) =>
    server.addHook('preClose', (done) => {
      resolve();
      done();
    }),
  );
  let arrived: () => void = () => undefined;
  let answer: () => void = () => undefined;
  const inHand = new Promise<void>((resolve) => (arrived = resolve));
  const mayAnswer = new Promise<void>((resolve) => (answer = resolve));
  server.get('/', async () => {
    arrived();
    await mayAnswer;
    return 'done';
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const agent = new Agent({ keepAlive: true });
  try {
    const { port } = server.server.address() as AddressInfo;
    const outgoing = request({ agent, host: '127.0.0.1', port });
    outgoing.end();
    const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
    await inHand;
    const closed = server.close();
    await closing;
    answer();
    const [response] = await answered;
    response.resume();
    expect(response.headers.connection).toBe('close');
    await closed;
  } finally {
    agent.destroy();
  }
});

it('a request that arrives on an idle connection after the shutdown began is answered as its last one', async () => {
  const server = fastify({ keepAliveTimeout: KEEP_ALIVE_MS, return503OnClosing: false });
  drainConnectionsOnShutdown(server);
  server.get('/', () => 'done');
  await server.listen({ host: '127.0.0.1', port: 0 });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = async (): Promise<IncomingMessage> => {
    const { port } = server.server.address() as AddressInfo;
    const outgoing = request({ agent, host: '127.0.0.1', port });
    outgoing.end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    await once(response.resume(), 'end');
    return response;
  };
  try {
    expect((await ask()).headers.connection).toBe('keep-alive');
    const closed = server.close();
    expect((await ask()).headers.connection).toBe('close');
    await closed;
  } finally {
    agent.destroy();
  }
});
