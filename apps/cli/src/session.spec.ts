import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { Session } from './session';

it('an interruption ends a request that no command has given a signal', async () => {
  const arrived: string[] = [];
  const server = createServer(({ url = '' }) => void arrived.push(url));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const interrupt = new AbortController();
  const stream = () => new PassThrough();
  const env = { GATEHOUSE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, GATEHOUSE_API_KEY: 'key' };
  const io = { stdin: stream(), stdout: stream(), stderr: stream(), env, signal: interrupt.signal };
  const request = new Session(io, {}).gatehouse.GET('/admin/stats').catch((error: unknown) => error);
  while (arrived.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  interrupt.abort();
  expect(await request).toMatchObject({ code: 'network_failed' });
  expect(arrived).toHaveLength(1);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
