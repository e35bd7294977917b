import { generateKeyPairSync } from 'node:crypto';
import { ConfigError } from '@gatehouse/config';
import { type UserSyncConfig, loadAdminConfig, loadConfig, loadDatabaseConfig } from './config';

const { publicKey, privateKey } = generateKeyPairSync('ed25519', {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

const good = {
  NATS_URL: 'nats://localhost:4222',
  DATABASE_URL: 'postgres://u:p@localhost/users',
  CLERK_SECRET_KEY: 'sk_test_abc',
  ENVELOPE_PUBLIC_KEYS: publicKey,
};

function faultsOf(environment: Record<string, string>): Map<string, string> {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return new Map(error.faults.map(({ variable, problem }) => [variable, problem]));
  }
  throw new Error('expected a ConfigError');
}

/** The configuration with the current values of live settings, without functions. */
function shown({ secretFiles: _, verifyEnvelope: __, database, nats, clerk, ...config }: UserSyncConfig) {
  const { idempotencySecrets, ...rest } = config;
  const { approveKeys: ___, secretKey, ...settings } = clerk;
  return {
    ...rest,
    idempotencySecrets: idempotencySecrets.current,
    database: { ...database, address: database.address.current },
    nats: nats.current,
    clerk: { ...settings, secretKey: secretKey.current },
  };
}

describe('the configuration', () => {
  it('has defaults except for addresses and keys', () => {
    expect(shown(loadConfig(good))).toEqual({
      host: '0.0.0.0',
      opsPort: 9002,
      logLevel: 'info',
      failpoints: [],
      database: { address: { url: good.DATABASE_URL }, poolSize: 10 },
      nats: { servers: [good.NATS_URL] },
      clerk: { secretKey: 'sk_test_abc', apiUrl: 'https://api.clerk.com', confirmDelayMs: 1_000, requestsPer10s: 100 },
      clerkWaits: {
        firstLogin: 4_000,
        phoneLogin: 2_000,
        sessionInquiry: 2_000,
        sessionList: 1_500,
        sessionLookup: 1_200,
        signOutList: 2_000,
        signOutRevoke: 1_500,
        syncMetadata: 1_500,
        syncUser: 3_000,
      },
      metadata: { seedRoles: ['user', 'developer'] },
      writeBack: {
        enabled: true,
        pollMs: 1_000,
        leaseMs: 60_000,
        retry: { baseMs: 60_000, capMs: 3_600_000, maxRetries: 8 },
      },
      intervals: {
        adminCensus: 10_000,
        adminPromises: 2_000,
        leaderChores: 30_000,
        reconcilePause: 5_000,
        userStreamPoll: 200,
        userStreamInspection: 2_000,
        userStreamLease: 30_000,
        signOuts: 1_000,
      },
      reconcile: { intervalMs: 86_400_000, maxDeletions: 25 },
      apiKeyEnvironment: 'dev',
      idempotencySecrets: [],
      defaultPhoneRegion: 'IN',
      referralCodePrefix: 'BP',
      userStreamRefillMs: 86_400_000,
      retention: { appliedDays: 400, auditDays: 400 },
      retryMax: 8,
    });
  });

  it('names all missing variables at once', () => {
    expect([...faultsOf({}).keys()].sort()).toEqual(Object.keys(good).sort());
  });

  it.each([
    ['CLERK_SECRET_KEY', 'hunter2'],
    ['CLERK_API_URL', 'hunter2'],
    ['CLERK_INSTANCE_ID', 'hunter2'],
    ['ENVELOPE_PUBLIC_KEYS', privateKey],
    ['RETRY_MAX', '1001'],
    ['APPLIED_RETENTION_DAYS', '29'],
    ['AUDIT_RETENTION_DAYS', '89'],
    ['REFERRAL_CODE_PREFIX', 'hunter2'],
    ['REFERRAL_CODE_PREFIX', 'OIL'],
    ['CLERK_SEED_ROLES', 'user,moderator'],
    ['CLERK_SEED_ROLES', ' , '],
    ['CLERK_METADATA_KEY', 'gate.house'],
    ['CLERK_METADATA_KEY', '__proto__'],
    ['IDEMPOTENCY_SECRET', 'hunter2'],
    ['IDEMPOTENCY_SECRET', `${'hunter2'.repeat(5)},hunter2`],
    ['IDEMPOTENCY_SECRET', Array(3).fill('hunter2'.repeat(5)).join()],
  ])('rejects an invalid %s without showing it', (variable, value) => {
    const faults = faultsOf({ ...good, [variable]: value });
    expect([...faults.keys()]).toEqual([variable]);
    expect([...faults.values()].join()).not.toContain(value);
  });

  it('accepts the roles to seed and the metadata key', () => {
    const environment = { ...good, CLERK_SEED_ROLES: 'user, admin', CLERK_METADATA_KEY: 'gatehouse' };
    expect(loadConfig(environment).metadata).toEqual({ key: 'gatehouse', seedRoles: ['user', 'admin'] });
  });

  it('accepts another prefix of referral codes', () => {
    expect(loadConfig({ ...good, REFERRAL_CODE_PREFIX: 'SH0P' }).referralCodePrefix).toBe('SH0P');
  });

  it('accepts two idempotency secrets, of which the first one seals', () => {
    const [first, second] = ['a'.repeat(32), 'b'.repeat(32)];
    const { idempotencySecrets } = loadConfig({ ...good, IDEMPOTENCY_SECRET: `${first}, ${second}` });
    expect(idempotencySecrets.current).toEqual([first, second]);
  });

  it('of the migrations needs only the database', () => {
    expect(loadDatabaseConfig({ DATABASE_URL: good.DATABASE_URL })).toEqual({ url: good.DATABASE_URL });
    expect(() => loadDatabaseConfig({})).toThrow('DATABASE_URL is required');
  });
});

it('the make-admin command needs only the database and Clerk', () => {
  const { DATABASE_URL, CLERK_SECRET_KEY } = good;
  const { database, clerk } = loadAdminConfig({ DATABASE_URL, CLERK_SECRET_KEY });
  expect(database).toEqual({ url: DATABASE_URL });
  expect(clerk.secretKey.current).toBe(CLERK_SECRET_KEY);
  expect(clerk).toMatchObject({ apiUrl: 'https://api.clerk.com', requestsPer10s: 100 });
  expect(() => loadAdminConfig({ CLERK_SECRET_KEY: 'sk_bad' })).toThrow(
    /(?=.*DATABASE_URL)(?=.*CLERK_SECRET_KEY)(?!.*sk_bad)/s,
  );
});
