import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { createEnvelopeSigner } from '@gatehouse/auth';
import { type EnvelopeRequest } from '@gatehouse/contracts';
import { NatsClient } from '@gatehouse/messaging';
import { OpsServer, createLogger } from '@gatehouse/observability';
import { type OwnNats, eventually, startOwnNats } from '@gatehouse/testing';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type AddressInfo } from 'node:net';
import { type Logger } from 'pino';
import { type GatewayConfig, loadConfig } from '../../src/config';
import { createApp } from '../../src/create-app';
import { TrustChangeFeed } from '../../src/trust/trust-change-feed';
import { ChangeAuthority } from './change-authority';
import { ISSUER, PARTY } from './clerk-tokens';
import { KeyServer, type SigningPair, signingPair } from './key-server';
import { PeerService } from './peer-service';

/** One process of the gateway. */
export interface Replica {
  readonly app: NestFastifyApplication;
  readonly url: string;
  readonly ops: string;
  metrics(): Promise<string>;
  /** Advances the clock that measures leases and silence. */
  letTimePass(ms: number): void;
}

async function startReplica(config: GatewayConfig, logger: Logger): Promise<Replica> {
  // This clock stands still, so that leases and silence do not time out on a busy machine.
  let now = 0;
  const app = await createApp(config, logger, () => now);
  await app.listen(config.port, config.host);
  await eventually(() => app.get(NatsClient).connected && app.get(TrustChangeFeed).trusting);
  const ops = `http://127.0.0.1:${app.get(OpsServer).port}`;
  return {
    app,
    url: `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`,
    ops,
    metrics: async () => (await fetch(`${ops}/metrics`)).text(),
    letTimePass: (ms) => void (now += ms),
  };
}

/** The gateway as main.ts starts it, on NATS with production's accounts, with stubs of the other services. */
export interface TestGateway extends Replica {
  /** Starts another gateway with the same configuration but for `waits`. The caller closes its app. */
  another(waits?: Partial<GatewayConfig['waits']>): Promise<Replica>;
  readonly pair: SigningPair;
  readonly keyServer: KeyServer;
  readonly nats: OwnNats;
  readonly userSync: PeerService;
  readonly ingest: PeerService;
  readonly userData: PeerService;
  /** Announces trust changes to the gateway. */
  readonly changes: ChangeAuthority;
  /** Signs an envelope like the gateway. */
  readonly sign: (request: EnvelopeRequest) => string;
  /** Returns the log of the gateway. */
  logs(): string;
  stop(): Promise<void>;
}

/** Longer than a busy machine stands still. */
const PATIENCE_MS = 30_000;
const patient = { reply: PATIENCE_MS, unreported: PATIENCE_MS / 3, quotas: PATIENCE_MS, rateLimitStore: PATIENCE_MS };

export const LEGACY_SECRET = 'a-secret-of-the-tests-that-is-long-enough';
export const PUBLIC_URL = 'https://api.example.com';

export async function startTestGateway(
  environment: Record<string, string> = {},
  prepare: (userSync: PeerService, ingest: PeerService, userData: PeerService) => void = () => undefined,
  waits: Partial<GatewayConfig['waits']> = {},
  settings: Partial<GatewayConfig> = {},
): Promise<TestGateway> {
  const pair = signingPair('ins_1');
  const [keyServer, nats] = await Promise.all([KeyServer.start([pair]), startOwnNats()]);
  const { ENVELOPE_PRIVATE_KEY_FILE: file } = environment;
  const envelopeKey =
    file === undefined ? generateKeyPairSync('ed25519').privateKey : createPrivateKey(readFileSync(file));
  const envelopePrivateKey = envelopeKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const envelopePublicKey = createPublicKey(envelopeKey).export({ type: 'spki', format: 'pem' }).toString();
  const silent = createLogger({ service: 'peer', level: 'silent' });
  const userSync = new PeerService('user-sync', nats, envelopePublicKey, silent);
  const ingest = new PeerService('webhook-ingest', nats, envelopePublicKey, silent);
  const userData = new PeerService('user-data', nats, envelopePublicKey, silent);
  const changes = new ChangeAuthority(userSync);
  prepare(userSync, ingest, userData);
  await Promise.all([userSync.start(), ingest.start(), userData.start()]);
  changes.start();

  let logged = '';
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      logged += chunk.toString();
      done();
    },
  });
  const production = loadConfig({
    NATS_URL: nats.url,
    NATS_USER: 'api-gateway',
    NATS_PASSWORD: 'api-gateway',
    HOST: '127.0.0.1',
    PORT: '0',
    OPS_PORT: '0',
    LOG_LEVEL: 'trace',
    CLERK_ISSUER: ISSUER,
    CLERK_JWKS_URL: keyServer.url,
    CLERK_AUTHORIZED_PARTIES: PARTY,
    ENVELOPE_PRIVATE_KEY: envelopePrivateKey,
    LEGACY_JWT_SECRETS: LEGACY_SECRET,
    PUBLIC_URL,
    ...environment,
  });
  const config = { ...production, ...settings, waits: { ...production.waits, ...patient, ...waits } };
  const logger = createLogger({ service: 'api-gateway', level: config.logLevel }, sink);
  const replica = await startReplica(config, logger);
  return {
    ...replica,
    another: (other) => startReplica({ ...config, waits: { ...config.waits, ...other } }, logger),
    pair,
    keyServer,
    nats,
    userSync,
    ingest,
    userData,
    changes,
    sign: (request) => createEnvelopeSigner(envelopePrivateKey)([request]).join(),
    logs: () => logged,
    stop: async () => {
      await replica.app.close();
      changes.stop();
      await Promise.all([userSync.stop(), ingest.stop(), userData.stop()]);
      await nats.dispose();
      keyServer.stop();
    },
  };
}
