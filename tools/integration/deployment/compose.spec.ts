import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceNames } from '@gatehouse/contracts';
import { workspaceRoot } from '@gatehouse/local-stack';
import { load } from 'js-yaml';
import {
  type ComposeContainer,
  type ComposeFile,
  parseComposeFile,
  parseEnvironmentFile,
} from '../../src/deployment/compose-file';
import { type ComposeContext, composeFaults } from '../../src/deployment/compose-rules';
import { composeSchemaFaults } from '../../src/deployment/compose-schema';
import { deployedPrograms } from '../../src/deployment/programs';
import { makeSecrets } from '../../src/make-secrets/make-secrets';

const folder = join(workspaceRoot(), 'docker');
const text = readFileSync(join(folder, 'compose.yaml'), 'utf8');
const read = (name: string) => parseEnvironmentFile(readFileSync(join(folder, name), 'utf8'));
const compose = (name: string) => parseComposeFile(text, read(name));

let context: ComposeContext;

beforeAll(async () => {
  const secretsFolder = mkdtempSync(join(tmpdir(), 'gatehouse-compose-'));
  makeSecrets(secretsFolder, { host: 'postgres', port: 5432 }, true);
  context = { programs: await deployedPrograms(), secretsFolder, mountedFolder: './secrets', folder };
});

afterAll(() => rmSync(context.secretsFolder, { recursive: true, force: true }));

describe.each(['emulator.env', 'clerk.env'])('docker/compose.yaml with docker/%s', (name) => {
  it('matches the schema of the Compose Specification, without unknown fields', () => {
    expect(composeSchemaFaults(compose(name))).toEqual([]);
  });

  it('starts every service as its configuration needs it, and nothing as root', () => {
    expect(composeFaults(compose(name), context)).toEqual([]);
  });

  it('uses every variable of that file', () => {
    const unused = Object.keys(read(name)).filter((variable) => !text.includes(`\${${variable}:`));
    expect(unused).toEqual(name === 'emulator.env' ? ['COMPOSE_PROFILES'] : []);
  });
});

describe('docker/compose.yaml', () => {
  it('says which file to copy when the settings are missing', () => {
    expect(() => parseComposeFile(text, {})).toThrow('CLERK_ISSUER is required: copy docker/emulator.env');
  });

  it('has a container for every program that is deployed', () => {
    expect([...context.programs.keys()]).toEqual(
      expect.arrayContaining([...serviceNames, 'clerk-emulator', 'nats-setup']),
    );
    expect(Object.keys(compose('clerk.env').services)).toEqual(expect.arrayContaining([...context.programs.keys()]));
  });
});

it('Valkey has the same options with Docker Compose and on Kubernetes, and evicts no counter', () => {
  const manifest = load(readFileSync(join(workspaceRoot(), 'k8s/base/valkey/deployment.yaml'), 'utf8')) as {
    spec: { template: { spec: { containers: { args: string[] }[] } } };
  };
  const withoutSize = (args: readonly string[] = []) => args.map((arg) => arg.replace(/^\d+mb$/, '<size>'));
  const options = withoutSize(compose('clerk.env').services['valkey']?.command);
  expect(withoutSize(manifest.spec.template.spec.containers[0]?.args)).toEqual(options);
  // docs/reference/rate-limits.md
  expect(options.join(' ')).toContain('--maxmemory-policy noeviction');
});

describe('the check of the Compose file finds', () => {
  const changed = (container: string, change: Partial<Record<keyof ComposeContainer, unknown>>): ComposeFile => {
    const file = compose('clerk.env');
    return {
      ...file,
      services: { ...file.services, [container]: { ...file.services[container], ...change } },
    } as ComposeFile;
  };
  const environmentOf = (container: string) => compose('clerk.env').services[container]?.environment;

  it.each<[string, string, Partial<Record<keyof ComposeContainer, unknown>>]>([
    ['nats runs as root', 'nats', { user: '0:0' }],
    ['nats runs as root', 'nats', { user: undefined }],
    ['nats has a root file system that it can write to', 'nats', { read_only: false }],
    ['valkey keeps capabilities', 'valkey', { cap_drop: [] }],
    ['valkey adds capabilities', 'valkey', { cap_add: ['SYS_ADMIN'] }],
    ['valkey may gain privileges', 'valkey', { security_opt: [] }],
    ['valkey is privileged', 'valkey', { privileged: true }],
    ['postgres has no memory limit', 'postgres', { mem_limit: undefined }],
    ['postgres has logs without a limit', 'postgres', { logging: { driver: 'json-file' } }],
    ['postgres has an image without a version', 'postgres', { image: 'postgres' }],
    ['postgres has an image without a version', 'postgres', { image: 'registry:5000/postgres' }],
    ['postgres has an image without a version', 'postgres', { image: 'postgres:latest' }],
    ['nats has no health check', 'nats', { healthcheck: undefined }],
    ['nats has no restart policy', 'nats', { restart: undefined }],
    ['nats publishes 4222:4222 without an address of the host', 'nats', { ports: ['4222:4222'] }],
    ['nats waits for gone, which does not exist', 'nats', { depends_on: { gone: { condition: 'service_healthy' } } }],
    [
      'nats-setup waits for nats with service_started instead of service_healthy',
      'nats-setup',
      { depends_on: { nats: { condition: 'service_started' } } },
    ],
    ['user-sync has the image gatehouse/x:1 instead of gatehouse/user-sync', 'user-sync', { image: 'gatehouse/x:1' }],
    ['user-sync is not built with APP=user-sync', 'user-sync', { build: { args: { APP: 'api-gateway' } } }],
    [
      'nats-setup starts apps/x/src/main.js instead of apps/stream-keeper/src/nats-setup.js',
      'nats-setup',
      { command: ['apps/x/src/main.js'] },
    ],
    [
      'user-sync does not mount its folder of the secrets at /etc/gatehouse/secrets, read-only',
      'user-sync',
      { volumes: [{ type: 'bind', source: './secrets/postgres', target: '/etc/gatehouse/secrets', read_only: true }] },
    ],
    ['user-sync publishes 9001 instead of 9002', 'user-sync', { ports: ['127.0.0.1:9001:9001'] }],
    ['user-sync does not wait for migrate-user-sync', 'user-sync', { depends_on: {} }],
    ['user-sync has another health check than its readiness', 'user-sync', { healthcheck: { disable: true } }],
    ['user-sync is not restarted when it ends', 'user-sync', { restart: 'no' }],
    ['user-sync has 10 s to drain instead of 40 s', 'user-sync', { stop_grace_period: '10s' }],
    ['user-sync starts only with a profile', 'user-sync', { profiles: ['sync'] }],
  ])('%s', (fault, container, change) => {
    expect(composeFaults(changed(container, change), context)).toContain(fault);
  });

  it.each<[string, string, Readonly<Record<string, string>>]>([
    [
      'api-gateway sets CORS_ORIGIN, which the program does not read',
      'api-gateway',
      { CORS_ORIGIN: 'https://a.example' },
    ],
    ['api-gateway sets NATS_PASSWORD: set NATS_PASSWORD_FILE instead', 'api-gateway', { NATS_PASSWORD: 'secret' }],
    [
      'api-gateway sets RATE_LIMIT_STORE: set RATE_LIMIT_STORE_FILE instead',
      'api-gateway',
      { RATE_LIMIT_STORE: 'redis://:secret@valkey:6379' },
    ],
    ['api-gateway CLERK_ISSUER is required', 'api-gateway', { CLERK_ISSUER: '' }],
    [
      'migrate-user-sync DATABASE_URL_FILE does not name a readable file (ENOENT)',
      'migrate-user-sync',
      { DATABASE_URL_FILE: '/etc/gatehouse/secrets/NATS_PASSWORD' },
    ],
  ])('%s', (fault, container, variables) => {
    const environment = { ...environmentOf(container), ...variables };
    expect(composeFaults(changed(container, { environment }), context)).toContain(fault);
  });

  it('a service without a container', () => {
    const { 'stream-keeper': gone, ...services } = compose('clerk.env').services;
    expect(gone).toBeDefined();
    expect(composeFaults({ services }, context)).toContain('stream-keeper has no container');
  });

  it('an unknown field and a wrong type, by the schema', () => {
    expect(composeSchemaFaults(changed('nats', { restarts: 'always' } as object))).toEqual([
      '/services/nats must NOT have additional properties: restarts',
    ]);
    expect(composeSchemaFaults(changed('nats', { user: 1000 }))).toContain('/services/nats/user must be string');
  });
});

it('no secret, no test and no dependency of this machine gets into the context of an image', () => {
  const patterns = readFileSync(join(workspaceRoot(), '.dockerignore'), 'utf8').split('\n');
  expect(patterns).toEqual(expect.arrayContaining(['*', '**/.*', '**/*.spec.ts', '**/node_modules', '!docker/build']));
  expect(readdirSync(join(folder, 'build')).filter((name) => !name.endsWith('.mjs'))).toEqual([]);
});
