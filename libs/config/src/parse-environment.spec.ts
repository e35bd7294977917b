import { z } from 'zod';
import { ConfigError } from './errors';
import { parseEnvironment } from './parse-environment';
import { retryVariables, withRetryInOrder } from './retry';
import { trustProxy } from './trust-proxy';
import {
  certificateFile,
  clerkInstanceId,
  commaSeparated,
  flag,
  httpUrl,
  natsServers,
  pem,
  port,
  postgresUrl,
} from './variables';

const schema = z.object({
  PORT: port.default(8080),
  DATABASE_URL: postgresUrl,
  NATS_URL: natsServers,
  LEVEL: z.enum(['low', 'high']).default('low'),
  SECRET: z.string().min(32).optional(),
  STRICT: flag.default(false),
  ORIGINS: commaSeparated.default([]),
});

const good = { DATABASE_URL: 'postgres://u:p@localhost/db', NATS_URL: 'nats://localhost:4222' };

function faultsOf(environment: Record<string, string>): ConfigError {
  try {
    parseEnvironment(schema, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error;
  }
  throw new Error('expected a ConfigError');
}

describe('parseEnvironment', () => {
  it('returns defaults for variables that are unset or empty', () => {
    expect(parseEnvironment(schema, { ...good, PORT: '' })).toMatchObject({ PORT: 8080, LEVEL: 'low', STRICT: false });
  });

  it('reports every fault at once', () => {
    const error = faultsOf({ PORT: '70000', LEVEL: 'medium', NATS_URL: 'localhost' });
    expect(error.faults.map(({ variable }) => variable).sort()).toEqual(['DATABASE_URL', 'LEVEL', 'NATS_URL', 'PORT']);
    expect(error.message).toContain('DATABASE_URL is required');
    expect(error.message).toContain('PORT is above the maximum of 65535');
    expect(error.message).toContain('LEVEL must be one of low, high');
  });

  it.each([
    ['SECRET', 'hunter2'],
    ['DATABASE_URL', 'mysql://root:hunter2@db'],
    ['NATS_URL', 'hunter2'],
    ['LEVEL', 'hunter2'],
    ['PORT', 'hunter2'],
    ['STRICT', 'hunter2'],
  ])('never shows the value of a faulty %s', (variable, value) => {
    expect(faultsOf({ ...good, [variable]: value }).message).not.toContain('hunter2');
  });

  it('reads lists, flags, URLs and keys with escaped line breaks', () => {
    expect(parseEnvironment(schema, { ...good, ORIGINS: ' a, ,b ', STRICT: 'yes' })).toMatchObject({
      ORIGINS: ['a', 'b'],
      STRICT: true,
    });
    expect(httpUrl.parse('https://clerk.example.com/')).toBe('https://clerk.example.com');
    expect(httpUrl.parse('HTTPS://Clerk.Example.com:443/A/')).toBe('https://clerk.example.com/A');
    expect(pem.parse('-----BEGIN PUBLIC KEY-----\\nAAAA\\n-----END PUBLIC KEY-----')).toContain('\nAAAA\n');
  });
});

it('rejects a database URL whose password has an unescaped percent sign, which the driver could not decode', () => {
  expect(faultsOf({ ...good, DATABASE_URL: 'postgres://u:hunter2%zz@localhost/db' }).message).toBe(
    'DATABASE_URL has a % that begins no escape: write %25 for a percent sign in the password',
  );
  expect(postgresUrl.safeParse('postgres://u:50%25@localhost/db').success).toBe(true);
});

describe('the shared variables', () => {
  const all = withRetryInOrder(
    z.object({
      ...retryVariables({ baseMs: 60_000, capMs: 3_600_000, maxRetries: 8 }),
      TRUST_PROXY: trustProxy.default(false),
      CA_FILE: certificateFile.optional(),
      CLERK_INSTANCE_ID: clerkInstanceId.optional(),
    }),
  );
  const faults = (environment: Record<string, string>): string[] => {
    try {
      parseEnvironment(all, environment);
      return [];
    } catch (error) {
      return error instanceof ConfigError ? error.faults.map(({ variable }) => variable) : [String(error)];
    }
  };

  it('report a cap below the base together with every other fault', () => {
    expect(faults({ RETRY_BASE_MS: '10', RETRY_CAP_MS: '5', CLERK_INSTANCE_ID: 'x' }).sort()).toEqual([
      'CLERK_INSTANCE_ID',
      'RETRY_CAP_MS',
    ]);
    expect(faults({ RETRY_BASE_MS: '5', RETRY_CAP_MS: '10' })).toEqual([]);
    expect(faults({ RETRY_BASE_MS: 'x', RETRY_CAP_MS: '5' })).toEqual(['RETRY_BASE_MS']);
  });

  it.each(['true', 'false', 'yes', 'loopback', '10.0.0.0/8', '::1', '10.0.0.1, fd00::/8'])(
    'accept %s for TRUST_PROXY',
    (value) => {
      expect(faults({ TRUST_PROXY: value })).toEqual([]);
    },
  );

  it.each(['1', '2', '10.0.0.0/33', 'proxy.example', '10.0.0.1/8/8', ','])('reject %s for TRUST_PROXY', (value) => {
    expect(faults({ TRUST_PROXY: value })).toEqual(['TRUST_PROXY']);
  });

  it('report the variable of a missing certificate file, without its path', () => {
    expect(() => parseEnvironment(all, { CA_FILE: '/secret/path' })).toThrow(/^CA_FILE does not name a readable file/);
    expect(faults({ CA_FILE: __filename })).toEqual(['CA_FILE']);
  });

  it('report that a value must be a whole number', () => {
    expect(() => parseEnvironment(all, { RETRY_MAX: '1.5' })).toThrow('RETRY_MAX must be a whole number');
  });
});
