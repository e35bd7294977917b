import { generateKeyPairSync } from 'node:crypto';
import { ConfigError } from '@gatehouse/config';
import { loadConfig } from './config';

function faultsOf(env: Record<string, string>): ConfigError {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new TypeError('the environment was accepted');
}

describe('loadConfig', () => {
  it('needs no variable', () => {
    expect(loadConfig({})).toMatchObject({
      port: 3100,
      host: '127.0.0.1',
      webhookUrls: ['http://127.0.0.1:8081/webhooks/clerk'],
      authorizedParty: 'http://localhost:3000',
      tokenVersion: 2,
      retryScheduleMs: [0, 5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000],
    });
  });

  it('names every invalid variable and shows no value', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const error = faultsOf({
      PORT: '99999',
      CLERK_SECRET_KEY: 'hush-1',
      CLERK_WEBHOOK_SIGNING_SECRETS: 'whsec_hush',
      WEBHOOK_URLS: 'ftp://hush',
      CLERK_INSTANCE_ID: 'hush-2',
      CLERK_ISSUER: 'hush-3',
      WEBHOOK_RETRY_SCHEDULE_MS: '1,hush',
      WEBHOOK_TIME_SCALE: '0',
      CLERK_EMULATOR_USERS: 'hush-5',
      CLERK_EMULATOR_RATE_LIMITS: 'hush-6',
      SESSION_TOKEN_VERSION: '3',
      SESSION_TOKEN_CLAIMS: '["hush-7"]',
      SESSION_TOKEN_LIFETIME_SECONDS: '5',
      CLERK_EMULATOR_PRIVATE_KEY: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      LOG_LEVEL: 'hush-4',
    });
    expect(error.faults.map((fault) => fault.variable)).toEqual([
      'PORT',
      'CLERK_SECRET_KEY',
      'CLERK_WEBHOOK_SIGNING_SECRETS',
      'WEBHOOK_URLS',
      'CLERK_INSTANCE_ID',
      'CLERK_ISSUER',
      'WEBHOOK_RETRY_SCHEDULE_MS',
      'WEBHOOK_TIME_SCALE',
      'CLERK_EMULATOR_USERS',
      'CLERK_EMULATOR_RATE_LIMITS',
      'SESSION_TOKEN_VERSION',
      'SESSION_TOKEN_CLAIMS',
      'SESSION_TOKEN_LIFETIME_SECONDS',
      'CLERK_EMULATOR_PRIVATE_KEY',
      'LOG_LEVEL',
    ]);
    expect(error.message).not.toMatch(/hush|99999|BEGIN/);
  });

  it('uses the first of several webhook secrets, otherwise the single one', () => {
    const first = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
    const second = `whsec_${Buffer.alloc(24, 2).toString('base64')}`;
    expect(loadConfig({ CLERK_WEBHOOK_SIGNING_SECRETS: `${first}, ${second}` }).webhookSecret).toBe(first);
    expect(loadConfig({ CLERK_WEBHOOK_SIGNING_SECRET: second }).webhookSecret).toBe(second);
  });

  it('multiplies the retry schedule by the time scale', () => {
    const config = loadConfig({ WEBHOOK_RETRY_SCHEDULE_MS: '0,1000,20000', WEBHOOK_TIME_SCALE: '0.01' });
    expect(config.retryScheduleMs).toEqual([0, 10, 200]);
  });

  it('multiplies the time until an endpoint is disabled by the time scale', () => {
    expect(loadConfig({}).webhookDisableAfterMs).toBe(5 * 86_400_000);
    expect(loadConfig({ WEBHOOK_TIME_SCALE: '0.001' }).webhookDisableAfterMs).toBe(432_000);
  });

  it('has no rate limits, no custom claims and no generated users by default', () => {
    expect(loadConfig({})).toMatchObject({ rateLimits: 'off', sessionClaims: null, users: 0 });
    expect(
      loadConfig({
        CLERK_EMULATOR_RATE_LIMITS: 'production',
        SESSION_TOKEN_CLAIMS: '{"a":1}',
        CLERK_EMULATOR_USERS: '5',
      }),
    ).toMatchObject({ rateLimits: 'production', sessionClaims: { a: 1 }, users: 5 });
  });

  it('reads the value none as no endpoint and as no authorized party', () => {
    expect(loadConfig({ WEBHOOK_URLS: 'none', AUTHORIZED_PARTY: 'none' })).toMatchObject({
      webhookUrls: [],
      authorizedParty: null,
    });
  });
});
