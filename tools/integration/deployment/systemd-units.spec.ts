import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { serviceNames, serviceRow } from '@gatehouse/contracts';
import { nodeArguments, workspaceRoot } from '@gatehouse/local-stack';
import { loadProgramConfigs, type ProgramConfigs } from '../../src/start/parse-environments';
import { environmentOf, readEnvFile } from './env-file';
import { sampleSecrets } from './sample-secrets';
import { UnitFile } from './unit-file';

const folder = join(workspaceRoot(), 'deploy/systemd');
const unit = (name: string) => new UnitFile(join(folder, 'system', name));
const withDatabase = serviceNames.filter((service) => serviceRow(service).database !== undefined);
const node = '/opt/gatehouse/current/bin/node';

/** The lines of a file that are neither empty nor comments, as words. */
const linesOf = (file: string) =>
  readFileSync(join(folder, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(/ +/));

let secrets: string;
let configs: ProgramConfigs;

beforeAll(async () => {
  secrets = sampleSecrets();
  configs = await loadProgramConfigs();
});

afterAll(() => rmSync(secrets, { recursive: true }));

describe('deploy/systemd', () => {
  it('has a unit for each service, for each set of migrations, for NATS, and no other', () => {
    const names = [
      ...serviceNames,
      ...withDatabase.map((service) => `migrate-${service}`),
      'nats-server',
      'nats-setup',
    ].map((name) => `gatehouse-${name}.service`);
    const found = readdirSync(join(folder, 'system'));
    expect(found.sort()).toEqual(['gatehouse-.service.d', 'gatehouse.target', ...names].sort());
  });

  it('starts every service, and nats-server, with gatehouse.target', () => {
    const wanted = [...serviceNames, 'nats-server'].map((name) => `gatehouse-${name}.service`);
    expect(unit('gatehouse.target').all('Wants').sort()).toEqual(wanted.sort());
    expect(unit('gatehouse-.service.d/common.conf').get('PartOf')).toBe('gatehouse.target');
  });

  it('gives each program that keeps running a user, who alone reads its secrets', () => {
    const users = [...serviceNames, 'nats-server'].map((name) => `gatehouse-${name}`);
    expect(linesOf('sysusers.d/gatehouse.conf').map(([, user]) => user)).toEqual(expect.arrayContaining(users));
    expect(users.filter((user) => user.length > 31)).toEqual([]);
    const readers = linesOf('tmpfiles.d/gatehouse.conf').filter(([type]) => type === 'Z');
    for (const name of readdirSync(secrets)) {
      const [mode, group] = users.includes(`gatehouse-${name}`) ? ['~0750', `gatehouse-${name}`] : ['~0700', 'root'];
      expect(readers).toContainEqual(['Z', `/etc/gatehouse/${name}`, mode, 'root', group]);
    }
    expect(readers).toHaveLength(readdirSync(secrets).length);
  });
});

describe.each(serviceNames)('the unit of %s', (service) => {
  const file = unit(`gatehouse-${service}.service`);

  it('runs the service as its own user, and always restarts it', () => {
    expect(file.get('ExecStart')).toBe([node, ...nodeArguments, `dist/apps/${service}/src/main.js`].join(' '));
    expect(file.get('User')).toBe(`gatehouse-${service}`);
    expect(file.get('Restart')).toBe('always');
    // A service finishes its open work within 25 s.
    expect(Number(file.get('TimeoutStopSec'))).toBeGreaterThan(30);
    expect(file.get('EnvironmentFile')).toBe(`-/etc/gatehouse/${service}.env`);
  });

  it('sets only variables that the service reads, and holds no secret', () => {
    const names = Object.keys(file.environment);
    expect(names.filter((name) => !configs[service].variableNames.includes(name))).toEqual([]);
    for (const [name, value] of Object.entries(file.environment)) {
      if (name.endsWith('_FILE')) expect(value).toBe(`/etc/gatehouse/${service}/${name.replace(/_FILE$/, '')}`);
    }
    expect(names).toContain('NATS_PASSWORD_FILE');
  });

  it('lacks no required variable but those that /etc/gatehouse holds as settings of the operator', () => {
    const example = readEnvFile(join(workspaceRoot(), 'apps', service, '.env.example'));
    const settings = example.filter(({ name, set }) => set && !name.endsWith('_FILE') && !name.startsWith('NATS_'));
    const environment = Object.fromEntries(
      Object.entries({ ...environmentOf(settings), ...file.environment }).map(([name, value]) => [
        name,
        value.replace(/^\/etc\/gatehouse(?=\/)/, secrets),
      ]),
    );
    expect(() => configs[service].loadConfig(environment)).not.toThrow();
    expect(environment).toMatchObject({ HOST: '127.0.0.1', NATS_USER: service });
    const { port } = serviceRow(service);
    expect([environment['TRUST_PROXY'], environment['REQUIRE_HTTPS']]).toEqual(
      port === undefined ? [undefined, undefined] : ['127.0.0.1', 'true'],
    );
  });
});

it.each(withDatabase)('the migrations of %s run as the owner of its database', (service) => {
  const file = unit(`gatehouse-migrate-${service}.service`);
  expect(file.get('Type')).toBe('oneshot');
  expect(file.get('ExecStart')).toBe(`${node} --enable-source-maps dist/apps/${service}/src/migrate.js`);
  expect(file.get('LoadCredential')).toBe(`DATABASE_URL:/etc/gatehouse/migrate-${service}/DATABASE_URL`);
  expect(file.environment).toEqual({ DATABASE_URL_FILE: '%d/DATABASE_URL' });
});

it('the set-up of streams runs as the NATS user that may create them', () => {
  const file = unit('gatehouse-nats-setup.service');
  expect(file.get('Type')).toBe('oneshot');
  expect(file.get('ExecStart')).toBe(`${node} --enable-source-maps dist/apps/stream-keeper/src/nats-setup.js`);
  expect(file.get('LoadCredential')).toBe('NATS_PASSWORD:/etc/gatehouse/nats-setup/NATS_PASSWORD');
  expect(file.environment).toEqual({ NATS_URL: 'nats://127.0.0.1:4222', NATS_PASSWORD_FILE: '%d/NATS_PASSWORD' });
});

describe('deploy/nginx/gatehouse.conf', () => {
  it('leads to the ports of the services with an HTTP server', () => {
    const text = readFileSync(join(workspaceRoot(), 'deploy/nginx/gatehouse.conf'), 'utf8');
    const upstreams = [...text.matchAll(/^upstream (\w+) \{\n {2}server 127\.0\.0\.1:(\d+) /gm)].map(
      ([, name, port]) => [name, Number(port)],
    );
    const wanted = serviceNames.flatMap((service) => {
      const { port } = serviceRow(service);
      return port === undefined ? [] : [[`gatehouse_${service.replaceAll('-', '_')}`, port]];
    });
    expect(upstreams).toEqual(wanted);
  });
});
