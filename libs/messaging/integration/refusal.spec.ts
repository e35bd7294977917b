import { type Socket, createServer } from 'node:net';
import { errors } from '@nats-io/transport-node';
import { createLogger } from '@gatehouse/observability';
import { freePort } from '@gatehouse/local-stack';
import { type OwnNats, eventually, startOwnNats } from '@gatehouse/testing';
import { NatsRefusedError } from '../src/errors';
import { NatsClient, type NatsOptions } from '../src/nats-client';
import { refusalReason } from '../src/refusal';
import { optionsOf } from './messaging-app';

let nats: OwnNats;
const clients: NatsClient[] = [];
beforeAll(async () => {
  nats = await startOwnNats();
});
afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));
afterAll(() => nats.dispose());

const clientWith = (change: Partial<NatsOptions>) => {
  const options = { ...optionsOf(nats, 'user-sync'), ...change };
  const client = new NatsClient(options, createLogger({ service: 'messaging-test', level: 'silent' }));
  clients.push(client);
  return client;
};

describe('the first connection to NATS', () => {
  it.each<[string, Partial<NatsOptions>]>([
    ['the password is wrong', { password: 'hunter2' }],
    ['the user is unknown', { user: 'hunter2' }],
    ['no credentials are given', { user: undefined, password: undefined }],
  ])('ends the start when %s', async (_why, change) => {
    const start = clientWith(change).start();
    await expect(start).rejects.toThrow(NatsRefusedError);
    await expect(start).rejects.toThrow('cannot connect to NATS: the server rejected NATS_USER or NATS_PASSWORD');
  });

  it('does not end the start while NATS is unavailable, and connects when it is available', async () => {
    await nats.stop();
    const client = clientWith({});
    await client.start();
    expect(client.connected).toBe(false);
    await nats.start();
    await eventually(() => client.connected);
  });

  it('does not end the start when the name of the server cannot be resolved', async () => {
    const client = clientWith({ servers: [`nats://nowhere.invalid:${await freePort()}`] });
    await client.start();
    expect(client.connected).toBe(false);
  });

  it('does not end the start when a server accepts connections and sends nothing', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket));
    const port = await freePort();
    await new Promise<void>((listening) => silent.listen(port, '127.0.0.1', listening));
    const client = clientWith({ servers: [`nats://127.0.0.1:${port}`] });
    await client.start();
    expect(client.connected).toBe(false);
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it('is retried with a server that is too busy to read the password in time', () => {
    expect(refusalReason(new errors.AuthorizationError("'Authentication Timeout'"))).toBeUndefined();
    expect(refusalReason(new errors.AuthorizationError("'Authorization Violation'"))).toBeDefined();
  });

  it.each<[string, Error, string]>([
    [
      'a certificate is not trusted',
      Object.assign(new Error('self-signed'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
      'check NATS_CA_FILE',
    ],
    ['the server has no TLS', new Error(`'tls' is not available on this server`), 'remove NATS_CA_FILE'],
  ])('is not retried when %s', (_why, error, advice) => {
    expect(refusalReason(error)).toContain(advice);
  });
});
