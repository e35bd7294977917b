import { LiveValue } from '@gatehouse/config';
import { type EnvelopeClaims, type NatsIdentity, resolvePrincipal, touchKeys } from '@gatehouse/contracts';
import { createLogger } from '@gatehouse/observability';
import { type OwnNats, eventually, startOwnNats } from '@gatehouse/testing';
import { Controller, type INestApplication } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { NatsClient } from '../src/nats-client';
import { RequestClient } from '../src/request-client';
import { type EnvelopeVerifier, RequestHandler, type VerifiedRequest } from '../src/request-server';
import { found, optionsOf, startApp } from './messaging-app';
import { RequestLoad } from './request-load';

const verifyEnvelope: EnvelopeVerifier = (rid, subject) =>
  ({ sub: subject, bh: '', rid: String(rid), iat: 0, exp: 0, principal: null }) satisfies EnvelopeClaims;
const lines: string[] = [];
const logger = createLogger(
  { service: 'messaging-test', level: 'info' },
  { write: (line: string) => void lines.push(line) },
);

/** Answers one contract that is repeatable and one that is not, and remembers the requests of the latter. */
@Controller()
class KeysController {
  static handled: string[] = [];

  @RequestHandler(resolvePrincipal)
  async resolve(): Promise<unknown> {
    await briefly();
    return found;
  }

  @RequestHandler(touchKeys)
  async touch(@Payload() { envelope }: VerifiedRequest<typeof touchKeys>): Promise<unknown> {
    KeysController.handled.push(envelope.rid);
    await briefly();
    return {};
  }
}

const briefly = () => new Promise((resolve) => setTimeout(resolve, 2));

let nats: OwnNats;
let app: INestApplication;
let gateway: NatsClient;
let client: RequestClient;
let load: RequestLoad;
const passwords = { 'user-sync': new LiveValue('user-sync'), 'api-gateway': new LiveValue('api-gateway') };

beforeAll(async () => {
  nats = await startOwnNats();
  const userSync = { ...optionsOf(nats, 'user-sync'), password: passwords['user-sync'] };
  app = await startApp(nats, 'user-sync', [KeysController], verifyEnvelope, userSync);
  gateway = new NatsClient({ ...optionsOf(nats, 'api-gateway'), password: passwords['api-gateway'] }, logger);
  await gateway.start();
  client = new RequestClient(gateway, (requests) => requests.map(({ requestId }) => requestId));
  await eventually(() => read());
});

afterEach(() => load.stop());

afterAll(async () => {
  await app.close();
  await gateway.close();
  await nats.dispose();
});

const read = () =>
  client.send(resolvePrincipal, { clerkUserId: 'user_1', sessionId: 's' }, { principal: null, requestId: 'r' });
const write = (number: number) => client.send(touchKeys, { uses: [] }, { principal: null, requestId: nameOf(number) });
const nameOf = (number: number) => `write-${number}`;

/** Gives the service its new password, then the server. */
async function rotate(identity: keyof typeof passwords & NatsIdentity, password: string): Promise<void> {
  passwords[identity].set(password);
  await changeAtServer(identity, password);
}

/**
 * Gives the server the new password. nats-server 2.9 sometimes answers no request between accounts after a reload with
 * requests in flight, so none is in flight there.
 */
async function changeAtServer(identity: NatsIdentity, password: string): Promise<void> {
  const change = () => nats.changePassword(identity, password);
  await (gateway.get().info?.version.startsWith('2.9.') ? load.without(change) : change());
}

describe('a NATS password that changes under load', () => {
  it('fails no repeatable request when it is that of the service, and each other request is handled once or not sent', async () => {
    KeysController.handled = [];
    const failed: string[] = [];
    const isWrite = (number: number) => number % 2 === 1;
    load = new RequestLoad(async (number) => {
      if (isWrite(number)) await write(number).catch(() => failed.push(nameOf(number)));
      else await read();
    });
    for (const password of ['second', 'third', 'fourth']) {
      await load.continues();
      await rotate('user-sync', password);
    }
    await load.continues();
    const { sent, failures } = await load.stop();
    expect(failures).toEqual([]);
    const writes = Array.from({ length: sent }, (_, index) => index + 1).filter(isWrite);
    expect([...KeysController.handled, ...failed].sort()).toEqual(writes.map(nameOf).sort());
  });

  it('fails no repeatable request when it is that of the gateway', async () => {
    load = new RequestLoad(read);
    for (const password of ['second', 'third', 'fourth']) {
      await load.continues();
      await rotate('api-gateway', password);
    }
    await load.continues();
    expect((await load.stop()).failures).toEqual([]);
  });

  it('is tried beside the former one, whichever the server accepts', async () => {
    load = new RequestLoad(read);
    await load.continues();
    passwords['api-gateway'].set('fifth');
    // A server that restarts before it has the new password, such as one pod of a cluster.
    await nats.stop();
    await eventually(() => !gateway.connected);
    await nats.start();
    await eventually(() => gateway.connected);
    await load.continues();
    expect(lines.join('')).toContain('NATS accepted the former NATS_PASSWORD and not the current one');
    await changeAtServer('api-gateway', 'fifth');
    await load.continues();
    await load.stop();
  });
});
