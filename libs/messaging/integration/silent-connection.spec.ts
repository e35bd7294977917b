import { resolvePrincipal } from '@gatehouse/contracts';
import { createLogger } from '@gatehouse/observability';
import { type OwnNats, TcpProxy, eventually, startOwnNats } from '@gatehouse/testing';
import { Controller, type INestApplication } from '@nestjs/common';
import { NatsClient } from '../src/nats-client';
import { RequestClient } from '../src/request-client';
import { type EnvelopeVerifier, RequestHandler } from '../src/request-server';
import { found, optionsOf, startApp } from './messaging-app';

const verifyEnvelope: EnvelopeVerifier = (_, subject) => {
  return { sub: subject, bh: '', rid: 'request-1', iat: 0, exp: 0, principal: null };
};
let arrived = 0;
let held: Promise<void> | undefined;

@Controller()
class PrincipalController {
  @RequestHandler(resolvePrincipal)
  async resolve(): Promise<unknown> {
    arrived += 1;
    await held;
    return found;
  }
}

let nats: OwnNats;
let app: INestApplication;
let proxy: TcpProxy;
let gateway: NatsClient;
let client: RequestClient;

beforeAll(async () => {
  nats = await startOwnNats();
  app = await startApp(nats, 'user-sync', [PrincipalController], verifyEnvelope);
  proxy = await TcpProxy.start(nats.url);
  const options = { ...optionsOf(nats, 'api-gateway'), servers: [proxy.url] };
  gateway = new NatsClient(options, createLogger({ service: 'messaging-test', level: 'silent' }));
  void gateway.start();
  // Longer than a busy machine needs to detect the loss.
  client = new RequestClient(gateway, (requests) => requests.map(() => 'envelope'), 60_000);
  await eventually(() => gateway.connected);
  await eventually(ask);
});
afterAll(async () => {
  proxy.resume();
  await gateway.close();
  await proxy.cut();
  await app.close();
  await nats.dispose();
});

function ask(): Promise<unknown> {
  return client.send(resolvePrincipal, { clerkUserId: 'user_1', sessionId: 's' }, { principal: null, requestId: 'r' });
}

describe('a connection that becomes silent', () => {
  it('fails its requests as soon as the loss is detected, and works again afterwards', async () => {
    let release: () => void = () => undefined;
    held = new Promise((resolve) => (release = resolve));
    arrived = 0;
    const reached = [ask(), ask()];
    const outcomes = Promise.allSettled(reached);
    await eventually(() => arrived === 2);
    proxy.stall();
    const unheard = Promise.allSettled([ask()]);
    for (const outcome of [...(await outcomes), ...(await unheard)]) {
      // Otherwise the cause would be a timeout.
      expect(outcome).toMatchObject({ reason: { reason: 'unavailable', cause: { code: 'NATS_LOST' } } });
    }
    await expect(ask()).rejects.toMatchObject({ reason: 'unavailable', cause: { code: 'NATS_DISCONNECTED' } });
    release();
    held = undefined;
    proxy.resume();
    await expect(eventually(ask)).resolves.toEqual(found);
  });
});
