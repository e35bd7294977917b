import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nearMisses } from '@gatehouse/config';
import { defaultPorts, loadSettings, type LocalSettings } from '@gatehouse/local-stack';
import { checkEnvironment, knownVariables, misnamedVariables } from './check-environment';
import { clerkSource } from './clerk-source';
import { loadProgramConfigs, programVariables, type ProgramConfigs } from './parse-environments';

let directory: string;
let settings: LocalSettings;
let configs: ProgramConfigs;
beforeAll(async () => {
  configs = await loadProgramConfigs();
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-environment-'));
  settings = loadSettings(directory);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Passwords of the services for a NATS server of the caller's own. */
const passwords = {
  ...{ NATS_PASSWORD_API_GATEWAY: 'a', NATS_PASSWORD_WEBHOOK_INGEST: 'b' },
  ...{ NATS_PASSWORD_USER_SYNC: 'c', NATS_PASSWORD_STREAM_KEEPER: 'd' },
  NATS_PASSWORD_USER_DATA: 'e',
};

const check = (env: NodeJS.ProcessEnv) => checkEnvironment(env, settings, clerkSource(env), configs);
const messageOf = (env: NodeJS.ProcessEnv) => {
  try {
    check(env);
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
};

describe('the environment of npm start', () => {
  it('may be empty', () => {
    expect(check({ NATS_URL: '', DATABASE_URL: undefined })).toEqual(defaultPorts);
  });

  it.each(['DATABASE_URL', 'INGEST_DATABASE_URL', 'USERS_DATABASE_URL'])(
    'is rejected with the name of the variable when a database URL is malformed: %s',
    (variable) => {
      for (const value of ['notaurl', 'mysql://me:hidden@db/x', 'postgres//db']) {
        expect(messageOf({ [variable]: value })).toBe(`${variable} is not a postgres:// URL.`);
      }
      expect(messageOf({ [variable]: 'postgresql://me:hidden@db:5432/x?sslmode=require' })).toBeUndefined();
    },
  );

  it('may name several NATS servers, each with its scheme', () => {
    const messageFor = (NATS_URL: string) => messageOf({ ...passwords, NATS_URL });
    expect(messageFor('nats://a:4222, tls://b')).toBeUndefined();
    expect(messageFor('a:4222')).toBe('NATS_URL[0] is not a nats:// or tls:// URL.');
    expect(messageFor('nats://a,http://b')).toBe('NATS_URL[1] is not a nats:// or tls:// URL.');
    expect(messageFor(',')).toBe('NATS_URL names no server.');
  });

  it('is rejected when a NATS server is named without the password of each service', () => {
    expect(messageOf({ ...passwords, NATS_URL: 'nats://a', NATS_PASSWORD_USER_SYNC: '' })).toBe(
      'NATS_PASSWORD_USER_SYNC is required with NATS_URL: a password of the NATS users that "npm run nats:config" prints.',
    );
    const message = messageOf({ NATS_URL: 'nats://a', NATS_USER: 'me', NATS_PASSWORD: 'hunter2' });
    expect(message).toMatch(/^NATS_PASSWORD_API_GATEWAY, .*NATS_PASSWORD_STREAM_KEEPER are required with NATS_URL: /);
    expect(message).not.toMatch(/hunter2|NATS_SETUP/);
    expect(messageOf({ NATS_PASSWORD_USER_SYNC: '' })).toBeUndefined();
  });

  it('is rejected with all faults of all programs at once, by name and without values', () => {
    const message = messageOf({
      ACK_WAIT_MS: 'hunter2',
      CORS_ORIGINS: 'hunter2',
      DATABASE_URL: 'hunter2',
      GATEHOUSE_PG_PORT: 'hunter2',
      RETRY_BASE_MS: 'hunter2',
      WEBHOOK_TIME_SCALE: 'hunter2',
      WRITE_BACK_POLL_MS: 'hunter2',
    });
    const [title, ...faults] = message?.split('\n') ?? [];
    expect(title).toBe('Nothing was started: the environment has 7 faults.');
    expect(faults.map((line) => /^ {2}([A-Z_]+)/.exec(line)?.[1])).toEqual([
      'DATABASE_URL',
      'GATEHOUSE_PG_PORT',
      'ACK_WAIT_MS',
      'CORS_ORIGINS',
      'RETRY_BASE_MS',
      'WEBHOOK_TIME_SCALE',
      'WRITE_BACK_POLL_MS',
    ]);
    expect(faults.find((line) => line.includes('RETRY_BASE_MS'))).toMatch(/ \(webhook-ingest, user-sync\)$/);
    expect(message).not.toContain('hunter2');
  });

  it('is rejected when two ports are the same', () => {
    expect(messageOf({ PORT: '8081' })).toBe(
      'GATEHOUSE_GATEWAY_PORT and GATEHOUSE_INGEST_PORT are the same port: set one of them to another.',
    );
  });

  it('is rejected when settings of a real Clerk are incomplete, with the names of the missing ones', () => {
    const message = messageOf({ CLERK_ISSUER: 'https://clerk.example.com' });
    expect(message).toContain('CLERK_SECRET_KEY is required (user-sync)');
    expect(message).toContain('CLERK_WEBHOOK_SIGNING_SECRETS is required (webhook-ingest)');
    expect(message).toContain('because of CLERK_ISSUER; without them the emulator runs.');
    expect(messageOf({ CLERK_SECRET_KEY: 'sk_live_x' })).toContain('CLERK_ISSUER is required (api-gateway)');
  });

  it('is accepted when all settings of a real Clerk are present', () => {
    const clerk = {
      CLERK_ISSUER: 'https://clerk.example.com',
      CLERK_SECRET_KEY: 'sk_live_x',
      CLERK_WEBHOOK_SIGNING_SECRET: settings.clerkWebhookSecret,
    };
    expect(messageOf(clerk)).toBeUndefined();
  });
});

describe('the names of variables', () => {
  it.each([
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['CLERK_SECRET', 'CLERK_SECRET_KEY'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['GATEHOUSE_STATEDIR', 'GATEHOUSE_STATE_DIR'],
    ['NATS_PASSWORD_USERSYNC', 'NATS_PASSWORD_USER_SYNC'],
    ['STREAM_REPLICA', 'STREAM_REPLICAS'],
  ])('are reported when they are misspelt: %s', (variable, meant) => {
    expect(misnamedVariables({ [variable]: 'x' }, configs)).toEqual([{ variable, meant }]);
  });

  it('of one program do not count as misspelt names of another', () => {
    const known = knownVariables(configs);
    const all = Object.fromEntries(known.map((name) => [name, 'x']));
    expect(nearMisses(all, known)).toEqual([]);
    for (const name of programVariables(configs)) {
      expect(nearMisses({ [name]: 'x' }, programVariables(configs))).toEqual([]);
    }
  });
});
