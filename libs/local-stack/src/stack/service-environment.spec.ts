import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPorts, portsFrom } from './ports';
import { appNames, serviceEnvironments } from './service-environment';
import { loadSettings, type LocalSettings } from './settings';

let directory: string;
let settings: LocalSettings;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-settings-'));
  settings = loadSettings(directory);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const environments = (env: NodeJS.ProcessEnv = {}) =>
  serviceEnvironments({
    env,
    ports: defaultPorts,
    settings,
    nats: { url: 'nats://127.0.0.1:1', credentials: (service) => ({ user: service, password: 'own' }) },
    databases: {
      ingest: { serviceUrl: 'postgres://i@h/i' },
      users: { serviceUrl: 'postgres://u@h/u' },
      data: { serviceUrl: 'postgres://d@h/d', workerUrl: 'postgres://w@h/d' },
    },
    emulatorStateFile: '/state.json',
  });

describe('the environments of the services', () => {
  it('contain its own NATS user, database and ports for each service', () => {
    const all = environments();
    expect(all['api-gateway']).toMatchObject({ NATS_USER: 'api-gateway', PORT: '8080', OPS_PORT: '9000' });
    expect(all['webhook-ingest']).toMatchObject({ NATS_USER: 'webhook-ingest', PORT: '8081', OPS_PORT: '9001' });
    expect(all['user-sync']).toMatchObject({ NATS_USER: 'user-sync', OPS_PORT: '9002' });
    expect(all['stream-keeper']).toMatchObject({ NATS_USER: 'stream-keeper', OPS_PORT: '9004' });
    expect(all['webhook-ingest'].DATABASE_URL).toBe('postgres://i@h/i');
    expect(all['user-sync'].DATABASE_URL).toBe('postgres://u@h/u');
    expect(all['api-gateway']).not.toHaveProperty('DATABASE_URL');
    for (const name of ['DATABASE_URL', 'ENVELOPE_PUBLIC_KEYS', 'PORT']) {
      expect(all['stream-keeper']).not.toHaveProperty(name);
    }
  });

  it('contain a secret only for the services that need it, even when the caller has set it', () => {
    const all = environments({
      ...{ CLERK_SECRET_KEY: 'sk_test_mine', LEGACY_JWT_SECRETS: 'mine' },
      ...{ DATABASE_URL: 'admin', USERS_DATABASE_URL: 'admin', NATS_PASSWORD_USER_SYNC: 'admin' },
    });
    expect(appNames.filter((name) => all[name].CLERK_SECRET_KEY)).toEqual(['clerk-emulator', 'user-sync']);
    expect(appNames.filter((name) => all[name].LEGACY_JWT_SECRETS)).toEqual(['api-gateway']);
    expect(appNames.filter((name) => all[name].ENVELOPE_PRIVATE_KEY)).toEqual(['api-gateway']);
    expect(Object.values(all).flatMap((env) => Object.values(env))).not.toContain('admin');
  });

  it('contain the file of a secret instead of the default, and only for the services that need the secret', () => {
    const all = environments({
      ...{ LEGACY_JWT_SECRETS_FILE: '/legacy', ENVELOPE_PUBLIC_KEYS_FILE: '/keys', DATABASE_URL_FILE: '/admin' },
    });
    expect(all['api-gateway']).toMatchObject({ LEGACY_JWT_SECRETS_FILE: '/legacy' });
    expect(all['api-gateway']).not.toHaveProperty('LEGACY_JWT_SECRETS');
    expect(all['user-sync']).toMatchObject({ ENVELOPE_PUBLIC_KEYS_FILE: '/keys', DATABASE_URL: 'postgres://u@h/u' });
    expect(all['user-sync']).not.toHaveProperty('ENVELOPE_PUBLIC_KEYS');
    expect(appNames.filter((name) => all[name].LEGACY_JWT_SECRETS_FILE)).toEqual(['api-gateway']);
    expect(appNames.filter((name) => all[name].DATABASE_URL_FILE)).toEqual([]);
  });

  it('contain what the caller has set, and the variables that no program lists', () => {
    const all = environments({
      LOG_LEVEL: 'debug',
      RETRY_MAX: '2',
      OTEL_X: 'y',
      CLERK_WEBHOOK_SIGNING_SECRET: 'whsec_a',
    });
    for (const name of appNames) expect(all[name]).toMatchObject({ LOG_LEVEL: 'debug', OTEL_X: 'y' });
    expect(all['user-sync'].RETRY_MAX).toBe('2');
    expect(all['webhook-ingest'].CLERK_WEBHOOK_SIGNING_SECRETS).toBe('whsec_a');
    expect(all['clerk-emulator'].CLERK_WEBHOOK_SIGNING_SECRETS).toBe('whsec_a');
  });
});

describe("the environments of the services with the caller's own Clerk", () => {
  const clerk = {
    CLERK_ISSUER: 'https://clerk.example.com',
    CLERK_SECRET_KEY: 'sk_live_own',
    CLERK_WEBHOOK_SIGNING_SECRETS: 'whsec_own',
  };
  const own = (env: NodeJS.ProcessEnv) => {
    return serviceEnvironments({
      env,
      ports: defaultPorts,
      settings,
      nats: { url: 'nats://127.0.0.1:1', credentials: (service) => ({ user: service, password: 'own' }) },
      databases: {
        ingest: { serviceUrl: 'postgres://i@h/i' },
        users: { serviceUrl: 'postgres://u@h/u' },
        data: { serviceUrl: 'postgres://d@h/d', workerUrl: 'postgres://w@h/d' },
      },
      emulatorStateFile: undefined,
    });
  };

  it('contain nothing for the emulator, not even the secret key', () => {
    expect(own(clerk)['clerk-emulator']).toEqual({});
  });

  it('contain no value that was generated for the emulator', () => {
    const all = own(clerk);
    expect(all['user-sync']).toMatchObject({ CLERK_SECRET_KEY: 'sk_live_own' });
    expect(all['webhook-ingest']).toMatchObject({ CLERK_WEBHOOK_SIGNING_SECRETS: 'whsec_own' });
    expect(all['api-gateway']).toMatchObject({ CLERK_ISSUER: 'https://clerk.example.com' });
    for (const name of ['CLERK_API_URL', 'CLERK_REQUESTS_PER_10S', 'CLERK_SEED_ROLES', 'CLERK_INSTANCE_ID']) {
      expect(all['user-sync']).not.toHaveProperty(name);
    }
    for (const name of ['CLERK_JWKS_URL', 'SIGN_IN_URL']) expect(all['api-gateway']).not.toHaveProperty(name);
    expect(own({ ...clerk, CLERK_INSTANCE_ID: 'ins_own' })['user-sync'].CLERK_INSTANCE_ID).toBe('ins_own');
    const made = [settings.clerkSecretKey, settings.clerkWebhookSecret, settings.clerkInstanceId];
    const incomplete = Object.values(own({ CLERK_API_URL: 'https://api.clerk.com' })).flatMap((env) =>
      Object.values(env),
    );
    expect(incomplete.filter((value) => made.includes(value ?? ''))).toEqual([]);
  });

  it('allow the pages of this machine on any port', () => {
    const origins = 'http://localhost:*,https://localhost:*,http://127.0.0.1:*,http://[::1]:*';
    for (const all of [environments(), own(clerk)]) {
      expect(all['api-gateway']).toMatchObject({
        ...{ CORS_ORIGINS: origins, CLERK_AUTHORIZED_PARTIES: origins, REDIRECT_ORIGINS: origins },
      });
    }
  });
});

describe('settings', () => {
  it('are generated once, kept, and readable by their owner alone', () => {
    expect(loadSettings(directory)).toEqual(settings);
    expect(statSync(join(directory, 'settings.json')).mode & 0o077).toBe(0);
  });

  it('gain the values that a newer version needs, and keep the others', () => {
    const { legacyJwtSecret: _, ...older } = settings;
    writeFileSync(join(directory, 'settings.json'), JSON.stringify(older));
    expect(loadSettings(directory)).toMatchObject({ ...older, legacyJwtSecret: expect.any(String) });
  });

  it('are left unchanged when they are not JSON, and the error names the file', () => {
    const broken = join(directory, 'settings.json');
    writeFileSync(broken, '{');
    expect(() => loadSettings(directory)).toThrow(expect.objectContaining({ code: 'SETTINGS_UNREADABLE' }));
  });
});

describe('ports', () => {
  it('follow PORT, OPS_PORT and the variable of each port', () => {
    expect(portsFrom({})).toEqual(defaultPorts);
    expect(portsFrom({ PORT: '4000', OPS_PORT: '9100', GATEHOUSE_PG_PORT: '5555' })).toEqual({
      ...defaultPorts,
      gateway: 4000,
      gatewayOps: 9100,
      ingestOps: 9101,
      userSyncOps: 9102,
      userDataOps: 9103,
      streamKeeperOps: 9104,
      postgres: 5555,
    });
  });

  it('are rejected with the name of the variable that is not a port, without its value', () => {
    expect(() => portsFrom({ GATEHOUSE_NATS_PORT: 'secret' })).toThrow(
      expect.objectContaining({ code: 'BAD_VARIABLE', message: expect.stringMatching(/^GATEHOUSE_NATS_PORT is not/) }),
    );
  });
});
