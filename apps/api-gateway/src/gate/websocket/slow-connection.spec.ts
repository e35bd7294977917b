import { randomBytes } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { type Server as HttpsServer, createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { type TlsOptions } from 'node:tls';
import { CredentialRefusedError } from '@gatehouse/auth';
import { ByteBudget, HttpEdge } from '@gatehouse/http-edge';
import { eventually } from '@gatehouse/testing';
import { pino } from 'pino';
import { openRaw } from '../../../integration/support/raw-connection';
import { type Caller } from '../../caller/caller';
import { Allowed, type Decision, Refused } from '../decision';
import { type StreamPermit } from '../open-streams/open-stream';
import { type OpenStreams } from '../open-streams/open-streams';
import { ProxiedWebSocket } from './proxied-websocket';
import { Forward } from '../proxy/forward';
import { StreamedUpload } from '../proxy/streamed-upload';
import { UpstreamPool } from '../proxy/upstream-pool';

const PATIENCE_MS = 120_000;
/** A key that both ends know needs no certificate. */
const psk = randomBytes(32);
const tls: TlsOptions = { ciphers: 'PSK', maxVersion: 'TLSv1.2' };

const caller = (name: string) => ({ name }) as unknown as Caller;
const revoked = new Refused(new CredentialRefusedError('api_key_revoked'));
const demoted = new Allowed(caller('ada, demoted'), undefined);

/** A service that opens no connection until a test lets it. */
class SlowService {
  readonly received: IncomingMessage[] = [];
  readonly bodies: string[] = [];
  private readonly waiting: Socket[] = [];
  private readonly service: HttpsServer;
  private readonly server: Server;

  constructor() {
    this.service = createHttpsServer({ ...tls, pskCallback: () => psk }, (request, response) => {
      let body = '';
      this.received.push(request);
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        this.bodies.push(body);
        response.end('the order');
      });
    }).on('upgrade', (request: IncomingMessage, socket: Socket) => {
      this.received.push(request);
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
    });
    this.server = createServer((socket) => this.waiting.push(socket.on('error', () => undefined)));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Resolves when somebody asks for a connection. */
  async asked(): Promise<void> {
    await eventually(() => this.waiting.length > 0);
  }

  /** Opens the connections that somebody asked for. */
  accept(): void {
    for (const socket of this.waiting.splice(0)) this.service.emit('connection', socket);
  }

  get roles(): unknown[] {
    return this.received.map(({ headers }) => headers['x-role']);
  }

  stop(): void {
    this.service.closeAllConnections();
    this.server.close();
  }
}

let service: SlowService;
let pool: UpstreamPool;
let edge: HttpEdge;
/** What the gate knows of the caller. */
let now: { trust: number; decision: Decision };
/** Confirmations of the caller that have begun, each of which a test ends. */
let confirmations: (() => void)[];
let socket: ProxiedWebSocket | undefined;

const permit = {
  caller: caller('ada'),
  since: { trust: 0, policy: 0 },
  confirm: () => new Promise<Decision>((resolve) => confirmations.push(() => resolve(now.decision))),
} as unknown as StreamPermit;
const streams = {
  get version() {
    return { trust: now.trust, policy: 0 };
  },
  open: () => ({ kind: 'response' }),
  ended: () => true,
} as unknown as OpenStreams;
const identity = {
  headers: ['x-role', 'as decided'],
  headersOf: (of: Caller | undefined) => ['x-role', String((of as unknown as { name: string }).name)],
};

beforeEach(async () => {
  [now, confirmations, socket] = [{ trust: 0, decision: revoked }, [], undefined];
  service = new SlowService();
  pool = new UpstreamPool(await service.start(), 0, () => undefined, {
    ...{ ...tls, timeout: PATIENCE_MS, pskCallback: () => ({ psk, identity: 'gate' }) },
    checkServerIdentity: () => undefined,
  });
  edge = new HttpEdge(
    {
      handle: (exchange) => {
        const { method, request } = exchange;
        const limits = { maxBodyBytes: 1_024, maxMs: PATIENCE_MS };
        const body = method === 'GET' ? null : new StreamedUpload(request, limits, () => Promise.resolve());
        const turn = pool.take('ada');
        const sent = { method, path: '/', ...identity, body, timeoutMs: PATIENCE_MS };
        new Forward(exchange, turn, sent, { rateHeaders: undefined, cors: undefined }, permit, streams, (error) => {
          turn.leave();
          if (error !== undefined) exchange.send(401, {}, String((error as { readonly code?: string }).code));
        }).send();
      },
      upgrade: (upgrade) => {
        socket = new ProxiedWebSocket(
          {
            ...{ upgrade, permit, turn: pool.take('ada'), path: '/', ...identity, timeoutMs: PATIENCE_MS },
            offered: { tokens: [], forUpstream: [], offersOwn: false },
            rateHeaders: undefined,
            count: () => undefined,
            refuse: (error) => upgrade.end(`HTTP/1.1 401 Unauthorized\r\n\r\n${(error as { code: string }).code}`),
          },
          streams,
        );
        socket.ask();
      },
    },
    { logger: pino({ level: 'silent' }), trustProxy: false, budget: new ByteBudget(0), limits: { graceMs: 0 } },
  );
  await edge.listen(0, '127.0.0.1');
});
afterEach(async () => {
  await edge.close();
  await pool.dispatcher.destroy();
  service.stop();
});

const head = 'Host: shop\r\nConnection: close\r\n';
const requests = {
  'a request': `GET / HTTP/1.1\r\n${head}\r\n`,
  'a request with a body': `POST / HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
  'a handshake': 'GET / HTTP/1.1\r\nHost: shop\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
};

describe.each(Object.entries(requests))('%s whose connection to the upstream opens late', (name, text) => {
  const answer = name === 'a handshake' ? / 403 / : / 200 /;

  it('is sent as it was decided if nobody was revoked meanwhile', async () => {
    const client = await openRaw(edge.url, text);
    await service.asked();
    service.accept();
    expect(await client.closed).toMatch(answer);
    expect([service.roles, confirmations]).toEqual([['as decided'], []]);
  });

  it('never reaches the upstream if its caller is revoked meanwhile', async () => {
    const client = await openRaw(edge.url, text);
    await service.asked();
    now.trust = 1;
    service.accept();
    await eventually(() => confirmations.length === 1);
    confirmations[0]?.();
    expect(await client.closed).toMatch(/ 401 [^]*api_key_revoked/);
    expect(service.received).toEqual([]);
  });

  it('is sent on that connection with what its caller is by then, however often that changes', async () => {
    const client = await openRaw(edge.url, text);
    await service.asked();
    now = { trust: 1, decision: demoted };
    service.accept();
    await eventually(() => confirmations.length === 1);
    now.trust = 2;
    confirmations[0]?.();
    await eventually(() => confirmations.length === 2);
    confirmations[1]?.();
    expect(await client.closed).toMatch(answer);
    expect(service.roles).toEqual(['ada, demoted']);
    if (name === 'a request with a body') expect(service.bodies).toEqual(['hello']);
  });
});

it('a handshake whose caller is in doubt when the connection opens waits until the caller is confirmed', async () => {
  const client = await openRaw(edge.url, requests['a handshake']);
  await service.asked();
  now = { trust: 1, decision: demoted };
  socket?.hold();
  service.accept();
  await eventually(() => pool.dispatcher.stats.connected === 1);
  socket?.release();
  await eventually(() => confirmations.length === 1);
  confirmations[0]?.();
  expect(await client.closed).toMatch(/ 403 /);
  expect(service.roles).toEqual(['ada, demoted']);
});
