import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ConfigError } from '@gatehouse/config';
import { ConsoleSeal } from './console-host/console-seal';
import { loadConfig } from './config';

const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' });
const needed = {
  NATS_URL: 'nats://127.0.0.1:4222',
  CLERK_ISSUER: 'https://clerk.example.com/',
  ENVELOPE_PRIVATE_KEY: pem.replaceAll('\n', '\\n'),
};

function faultsOf(environment: Record<string, string | undefined>): ConfigError {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error;
  }
  throw new Error('expected a ConfigError');
}

describe('loadConfig', () => {
  it('requires three variables and has defaults for the rest', () => {
    const { secretFiles, signEnvelope, nats, legacy, rateLimitStore, gate, assertionKeys, consoleSeal, ...rest } =
      loadConfig(needed);
    expect(consoleSeal.current).toBeInstanceOf(ConsoleSeal);
    expect(secretFiles.variables).toEqual([]);
    expect(gate.policy.current.routes).toEqual([]);
    expect(assertionKeys.current).toEqual([]);
    expect(signEnvelope.current).toBeInstanceOf(Function);
    expect(nats.current).toEqual({ servers: ['nats://127.0.0.1:4222'] });
    expect([legacy.secrets.current, legacy.ttlMs, rateLimitStore.current]).toEqual([[], 86_400_000, 'memory']);
    expect(rest).toEqual({
      host: '0.0.0.0',
      port: 8080,
      opsPort: 9000,
      logLevel: 'info',
      clerk: {
        issuer: 'https://clerk.example.com',
        jwksUrl: 'https://clerk.example.com/.well-known/jwks.json',
        authorizedParties: [],
        requireAuthorizedParty: false,
        allowImpersonation: false,
      },
      corsOrigins: [],
      corsAllowedHeaders: [],
      publicUrl: 'http://localhost:8080',
      fallbackRedirectUrl: 'http://localhost:8080/',
      redirectOrigins: [],
      consoleFiles: expect.stringMatching(/console.site$/) as string,
      requireHttps: false,
      trustProxy: false,
      waits: { quotas: 200, rateLimitStore: 250, reply: 5_000, unreported: 1_000 },
      gateStreams: { maxStreams: 10_000, maxStreamsPerUser: 100 },
      realtime: { maxStreams: 10_000, maxStreamsPerUser: 5, bufferBytes: 32 * 1024 ** 2, bufferMs: 300_000 },
    });
  });

  it('reads the policy file of the gate, and names its faults with those of the variables', () => {
    const GATE_FILE = join(mkdtempSync(join(tmpdir(), 'gatehouse-config-')), 'gate.yaml');
    writeFileSync(GATE_FILE, 'routes: [{ path: /hunter2, audience: a, access: user }]');
    expect(faultsOf({ ...needed, GATE_FILE }).message).toMatch(/^ASSERTION_PRIVATE_KEYS is required with GATE_FILE/);
    const { gate, assertionKeys } = loadConfig({ ...needed, GATE_FILE, ASSERTION_PRIVATE_KEYS: pem });
    expect(gate.policy.current.routes).toHaveLength(1);
    expect(assertionKeys.current).toHaveLength(1);
    writeFileSync(GATE_FILE, 'routes: [{ path: hunter2, access: user }]');
    const { message } = faultsOf({ ...needed, GATE_FILE, REALTIME_BUFFER_MB: 'x' });
    expect(message.split('\n')).toEqual([
      expect.stringMatching(/^GATE_FILE names a policy in which routes\[0\]\.path must begin with a slash/),
      'GATE_FILE names a policy in which routes[0].upstream or audience is required, and not both',
      expect.stringMatching(/^REALTIME_BUFFER_MB /),
    ]);
    expect(message).not.toContain('hunter2');
    rmSync(dirname(GATE_FILE), { recursive: true });
    expect(faultsOf({ ...needed, GATE_FILE }).message).toBe('GATE_FILE does not name a readable file (ENOENT)');
  });

  it('gives the console an origin of its own, on a host that PUBLIC_URL does not have', () => {
    const PUBLIC_URL = 'https://api.example.com';
    const faultOf = (CONSOLE_URL: string) => faultsOf({ ...needed, PUBLIC_URL, CONSOLE_URL }).message;
    const { console: host } = loadConfig({ ...needed, PUBLIC_URL, CONSOLE_URL: 'https://Console.example.com/' });
    expect(host?.origin).toBe('https://console.example.com');
    expect(faultOf('https://api.example.com:8443')).toMatch(/^CONSOLE_URL must have another host than PUBLIC_URL/);
    expect(faultOf('http://console.example.com')).toMatch(/^CONSOLE_URL must begin with https:/);
    expect(faultOf('https://example.com/console')).toMatch(/^CONSOLE_URL must be an origin without a path/);
  });

  it('reads the limits of live updates', () => {
    const limits = { REALTIME_MAX_STREAMS: '0', REALTIME_STREAMS_PER_USER: '7', REALTIME_BUFFER_MB: '2' };
    const { realtime } = loadConfig({ ...needed, ...limits, REALTIME_BUFFER_SECONDS: '60' });
    expect(realtime).toEqual({ maxStreams: 0, maxStreamsPerUser: 7, bufferBytes: 2 * 1024 ** 2, bufferMs: 60_000 });
    for (const [name, value] of Object.entries({ ...limits, REALTIME_BUFFER_SECONDS: '' })) {
      expect(() => loadConfig({ ...needed, [name]: `${value}x` })).toThrow(name);
    }
    expect(() => loadConfig({ ...needed, REALTIME_STREAMS_PER_USER: '0' })).toThrow('REALTIME_STREAMS_PER_USER');
  });

  it.each<[string, boolean | string[]]>([
    ['true', true],
    ['false', false],
    ['10.0.0.0/8, ::1,loopback', ['10.0.0.0/8', '::1', 'loopback']],
  ])('reads TRUST_PROXY %s', (TRUST_PROXY, expected) => {
    expect(loadConfig({ ...needed, TRUST_PROXY }).trustProxy).toEqual(expected);
  });

  it.each([
    ['/home?a=b', 'https://api.example.com/home?a=b'],
    ['https://shop.example.com', 'https://shop.example.com/'],
  ])('resolves FALLBACK_REDIRECT_URL %s', (FALLBACK_REDIRECT_URL, expected) => {
    const config = loadConfig({ ...needed, PUBLIC_URL: 'https://api.example.com/', FALLBACK_REDIRECT_URL });
    expect(config.fallbackRedirectUrl).toBe(expected);
  });

  it('requires the pages that sign in, where a route of the policy accepts the session cookie', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-cookies-'));
    const GATE_FILE = join(folder, 'gate.yaml');
    writeFileSync(GATE_FILE, 'routes: [{ path: /a, audience: a, access: user, credentials: [cookie] }]');
    const set = { ...needed, GATE_FILE, ASSERTION_PRIVATE_KEYS: pem };
    expect(faultsOf({ ...set, CLERK_AUTHORIZED_PARTIES: undefined }).message).toMatch(
      /^CLERK_AUTHORIZED_PARTIES is required, because GATE_FILE has a route that accepts the session cookie/,
    );
    const { gate } = loadConfig({ ...set, CLERK_AUTHORIZED_PARTIES: 'https://app.example.com' });
    expect(gate.policy.current.acceptsCookies).toBe(true);
    rmSync(folder, { recursive: true });
  });

  it('reads which proxies may ask for forward auth', () => {
    expect(loadConfig({ ...needed, FORWARD_AUTH_PROXIES: '10.0.0.0/8' }).forwardAuth).toBeUndefined();
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-forward-auth-'));
    const GATE_FILE = join(folder, 'gate.yaml');
    writeFileSync(GATE_FILE, 'routes: []');
    const gate = { GATE_FILE, ASSERTION_PRIVATE_KEYS: pem };
    const set = { ...needed, ...gate, FORWARD_AUTH: 'nginx', FORWARD_AUTH_PROXIES: '10.0.0.0/8, loopback' };
    const proxies = ['10.0.0.0/8', 'loopback'];
    expect(loadConfig(set).forwardAuth).toMatchObject({ family: 'nginx', port: 8_082, proxies });
    expect(loadConfig(set).forwardAuth?.secrets.current).toEqual([]);
    const secrets = `${'o'.repeat(32)},${'n'.repeat(32)}`;
    expect(loadConfig({ ...set, FORWARD_AUTH_SECRET: secrets }).forwardAuth?.secrets.current).toHaveLength(2);
    expect(faultsOf({ ...set, FORWARD_AUTH_SECRET: 'hunter2' }).message).toBe(
      'FORWARD_AUTH_SECRET is not one secret of 32 to 256 printable characters without spaces and commas, or two',
    );
    expect(faultsOf({ ...set, FORWARD_AUTH_PROXIES: 'true' }).message).toBe(
      'FORWARD_AUTH_PROXIES must not be true: everybody could ask, and choose the address it is counted by',
    );
    for (const all of ['0.0.0.0/0', '::/0', '10.0.0.0/8, ::/00']) {
      expect(faultsOf({ ...set, FORWARD_AUTH_PROXIES: all }).message).toMatch(
        /^FORWARD_AUTH_PROXIES must not list every address/,
      );
    }
    for (const none of [undefined, 'false']) {
      expect(faultsOf({ ...set, FORWARD_AUTH_PROXIES: none }).message).toMatch(
        /^FORWARD_AUTH needs FORWARD_AUTH_PROXIES/,
      );
    }
    expect(faultsOf({ ...set, GATE_FILE: undefined }).message).toBe(
      'FORWARD_AUTH needs GATE_FILE: without a policy every request would be refused',
    );
    expect(faultsOf({ ...set, FORWARD_AUTH: 'apache' }).message).toMatch(/^FORWARD_AUTH .*nginx/);
    rmSync(folder, { recursive: true });
  });

  it('normalises every list of origins and header names', () => {
    const { clerk, corsOrigins, corsAllowedHeaders, redirectOrigins } = loadConfig({
      ...needed,
      CLERK_AUTHORIZED_PARTIES: 'https://Shop.Example.com/,chrome-extension://ABC',
      CORS_ORIGINS: 'https://www.example.com:443, https://*.preview.example.com',
      CORS_ALLOWED_HEADERS: 'X-Source, x-source, B3',
      REDIRECT_ORIGINS: 'http://localhost:80',
    });
    expect(clerk.authorizedParties).toEqual(['https://shop.example.com', 'chrome-extension://abc']);
    expect(corsOrigins).toEqual(['https://www.example.com', 'https://*.preview.example.com']);
    expect(corsAllowedHeaders).toEqual(['x-source', 'b3']);
    expect(redirectOrigins).toEqual(['http://localhost']);
  });

  it('reports all faults at once', () => {
    expect(
      faultsOf({})
        .faults.map(({ variable }) => variable)
        .sort(),
    ).toEqual(Object.keys(needed).sort());
  });

  it('rejects CLERK_REQUIRE_AZP without CLERK_AUTHORIZED_PARTIES', () => {
    expect(faultsOf({ ...needed, CLERK_REQUIRE_AZP: 'true' }).message).toBe(
      'CLERK_REQUIRE_AZP needs CLERK_AUTHORIZED_PARTIES: without it every token would be rejected',
    );
    const CLERK_AUTHORIZED_PARTIES = 'https://app.example.com';
    const { clerk } = loadConfig({ ...needed, CLERK_REQUIRE_AZP: 'true', CLERK_AUTHORIZED_PARTIES });
    expect(clerk.requireAuthorizedParty).toBe(true);
  });

  it.each([
    ['CLERK_JWT_KEY', 'hunter2'],
    ['CLERK_JWT_KEY', '-----BEGIN PUBLIC KEY-----\nhunter2\n-----END PUBLIC KEY-----'],
    ['ENVELOPE_PRIVATE_KEY', '-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----'],
    ['ENVELOPE_PRIVATE_KEY', rsa.toString()],
    ['ASSERTION_PRIVATE_KEYS', 'hunter2'],
    ['ASSERTION_PRIVATE_KEYS', rsa.toString()],
    ['ASSERTION_PRIVATE_KEYS', pem + pem],
    ['CLERK_AUTHORIZED_PARTIES', 'https://hunter2.example/path'],
    ['CLERK_REQUIRE_AZP', 'hunter2'],
    ['CLERK_ISSUER', 'hunter2'],
    ['CLERK_JWKS_URL', 'https://user:hunter2@example.com/jwks'],
    ['CLERK_AUTHORIZED_PARTIES', 'https://*.hunter2.app'],
    ['CORS_ALLOWED_HEADERS', 'x-hunter2:'],
    ['CORS_ALLOWED_HEADERS', 'X-Trace, X-API-Key'],
    ['CORS_ALLOWED_HEADERS', '*'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'null'],
    ['CORS_ORIGINS', 'https://user:hunter2@example.com'],
    ['PUBLIC_URL', 'hunter2'],
    ['SIGN_IN_URL', 'hunter2'],
    ['FALLBACK_REDIRECT_URL', 'hunter2'],
    ['FALLBACK_REDIRECT_URL', '//hunter2.example'],
    ['FALLBACK_REDIRECT_URL', 'javascript:hunter2'],
    ['FALLBACK_REDIRECT_URL', '/\\hunter2.example'],
    ['FALLBACK_REDIRECT_URL', 'https://user:hunter2@example.com/'],
    ['FALLBACK_REDIRECT_URL', '/api/clerk/syncusers/?hunter2'],
    ['REDIRECT_ORIGINS', 'https://a.example,hunter2'],
    ['REDIRECT_ORIGINS', 'hunter2://x'],
    ['LEGACY_JWT_SECRETS', 'hunter2'],
    ['LEGACY_JWT_SECRETS', `${'a'.repeat(32)},${'a'.repeat(32)}`],
    ['LEGACY_JWT_SECRETS', `${'a'.repeat(32)},${'b'.repeat(32)},${'c'.repeat(32)}`],
    ['LEGACY_JWT_TTL', '0'],
    ['LEGACY_JWT_TTL', 'hunter2'],
    ['RATE_LIMIT_STORE', 'hunter2'],
    ['RATE_LIMIT_STORE', 'http://hunter2@localhost'],
    ['REQUIRE_HTTPS', 'hunter2'],
    ['TRUST_PROXY', '2'],
    ['TRUST_PROXY', '10.0.0.0/hunter2'],
    ['TRUST_PROXY', '10.0.0.0/64'],
  ])('rejects an invalid %s without showing its value: %#', (variable, value) => {
    const error = faultsOf({ ...needed, [variable]: value });
    expect(error.faults.map((fault) => fault.variable)).toEqual([variable]);
    expect(error.message).not.toContain('hunter2');
  });
});
