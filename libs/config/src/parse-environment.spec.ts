import { z } from 'zod';
import { ConfigError } from './errors';
import { parseEnvironment } from './parse-environment';
import { commaSeparated, flag, httpUrl, natsServers, pem, port, postgresUrl } from './variables';

const schema = z.object({
  PORT: port.default(3000),
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
  it('gives defaults for what is unset or empty', () => {
    expect(parseEnvironment(schema, { ...good, PORT: '' })).toMatchObject({ PORT: 3000, LEVEL: 'low', STRICT: false });
  });

  it('names every fault at once', () => {
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
    expect(pem.parse('-----BEGIN PUBLIC KEY-----\\nAAAA\\n-----END PUBLIC KEY-----')).toContain('\nAAAA\n');
  });
});
