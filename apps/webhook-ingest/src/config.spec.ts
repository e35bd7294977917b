import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { ConfigError } from '@gatehouse/config';
import { loadConfig } from './config';

const secret = (byte: number): string => `whsec_${Buffer.alloc(24, byte).toString('base64')}`;
const ENVELOPE_PUBLIC_KEYS = generateKeyPairSync('ed25519')
  .publicKey.export({ type: 'spki', format: 'pem' })
  .toString();
const needed = {
  NATS_URL: 'nats://127.0.0.1:4222',
  DATABASE_URL: 'postgres://service@127.0.0.1/gatehouse_ingest',
  CLERK_WEBHOOK_SIGNING_SECRETS: secret(1),
  ENVELOPE_PUBLIC_KEYS,
};

function faultsOf(environment: Record<string, string>): string {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

describe('the configuration', () => {
  it('has the documented defaults', () => {
    expect(loadConfig(needed)).toMatchObject({
      http: { port: 8081, host: '0.0.0.0', trustProxy: false, requireHttps: false },
      opsPort: 9001,
      retry: { baseMs: 60_000, capMs: 3_600_000, maxRetries: 8 },
      relay: { graceMs: 5_000, pollMs: 1_000 },
    });
  });

  it('names every missing variable at once', () => {
    expect(faultsOf({}).split('\n')).toEqual(
      expect.arrayContaining([
        'NATS_URL is required',
        'DATABASE_URL is required',
        'CLERK_WEBHOOK_SIGNING_SECRETS is required',
        'ENVELOPE_PUBLIC_KEYS is required',
      ]),
    );
  });

  it('reads secrets from both variables, each secret once', () => {
    const { signingSecrets } = loadConfig({
      ...needed,
      CLERK_WEBHOOK_SIGNING_SECRETS: `${secret(1)}, ${secret(2)}`,
      CLERK_WEBHOOK_SIGNING_SECRET: secret(1),
    });
    expect(signingSecrets.current.map(({ key }) => key.export()[0])).toEqual([1, 2]);
    const { CLERK_WEBHOOK_SIGNING_SECRETS: _, ...rest } = needed;
    expect(loadConfig({ ...rest, CLERK_WEBHOOK_SIGNING_SECRET: secret(3) }).signingSecrets.current).toHaveLength(1);
  });

  it('never shows a secret, in a fault or when it is printed', () => {
    const faults = faultsOf({ ...needed, CLERK_WEBHOOK_SIGNING_SECRETS: `${secret(1)},whsec_tooshort,nonsense` });
    expect(faults.split('\n')).toEqual([
      'CLERK_WEBHOOK_SIGNING_SECRETS value 2 is too short: it must have at least 16 bytes',
      'CLERK_WEBHOOK_SIGNING_SECRETS value 3 does not begin with whsec_',
    ]);
    const environment = {
      ...needed,
      DATABASE_URL: 'postgres://service:hunter2@127.0.0.1/db',
      NATS_PASSWORD: 'hunter2',
    };
    const printed = JSON.stringify(loadConfig(environment)) + inspect(loadConfig(environment), { depth: null });
    expect(printed).not.toContain(secret(1).slice(6, 16));
    expect(printed).not.toContain('hunter2');
  });

  it.each([
    ['true', true],
    ['false', false],
    ['10.0.0.0/8, ::1', ['10.0.0.0/8', '::1']],
  ])('reads TRUST_PROXY=%s', (value, expected) => {
    expect(loadConfig({ ...needed, TRUST_PROXY: value }).http.trustProxy).toEqual(expected);
  });

  it.each([
    ['TRUST_PROXY', 'everyone'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['ENVELOPE_PUBLIC_KEYS', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'],
    ['RETRY_CAP_MS', '10'],
    ['MAX_BUFFERED_BYTES', '1048575'],
  ])('names the variable in the fault of %s=%s', (name, value) => {
    expect(faultsOf({ ...needed, [name]: value })).toMatch(new RegExp(`^${name} `));
  });
});
