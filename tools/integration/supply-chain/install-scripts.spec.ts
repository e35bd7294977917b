import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceRoot } from '@gatehouse/local-stack';

let checkout: string;

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'gatehouse-scripts-'));
  mkdirSync(join(checkout, 'home'));
});
afterEach(() => rmSync(checkout, { recursive: true, force: true }));

function run(command: string, args: string[]) {
  // Without the settings of the npm that runs this test.
  const env = { PATH: process.env.PATH, HOME: join(checkout, 'home'), npm_config_offline: 'true' };
  return spawnSync(command, args, { cwd: checkout, env, encoding: 'utf8', timeout: 60_000 });
}

const runScripts = () => run(process.execPath, [join(workspaceRoot(), 'tools/install-scripts.mjs'), checkout]);

/** Writes a package whose install scripts create files named after them, and its tarball. */
function pack(name: string, scripts: Record<string, string>): void {
  const folder = join(checkout, 'packages', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version: '1.0.0', scripts }));
  const { status, stderr } = run('npm', ['pack', folder]);
  if (status !== 0) throw new Error(stderr);
}

const creates = (file: string) => `node -e "require('fs').writeFileSync('${file}', '')"`;
const created = (name: string, file: string) => existsSync(join(checkout, 'node_modules', name, file));

function install(allowScripts: Record<string, boolean>, names: string[]): void {
  const dependencies = Object.fromEntries(names.map((name) => [name, `file:${name}-1.0.0.tgz`]));
  writeFileSync(
    join(checkout, 'package.json'),
    JSON.stringify({ name: 'x', version: '1.0.0', allowScripts, dependencies }),
  );
  copyFileSync(join(workspaceRoot(), '.npmrc'), join(checkout, '.npmrc'));
  expect(run('npm', ['install', '--package-lock-only'])).toMatchObject({ status: 0 });
  const { status, stderr } = run('npm', ['ci']);
  expect({ status, stderr }).toMatchObject({ status: 0 });
}

it('runs the install scripts of packages that are named true, and of no other', () => {
  for (const name of ['named', 'unnamed', 'forbidden'])
    pack(name, { preinstall: creates('pre'), postinstall: creates('post') });
  install({ named: true, forbidden: false }, ['named', 'unnamed', 'forbidden']);
  expect(created('named', 'post')).toBe(false);

  expect(runScripts()).toMatchObject({ status: 0, stdout: 'install scripts ran: named\n' });

  expect([created('named', 'pre'), created('named', 'post')]).toEqual([true, true]);
  for (const name of ['unnamed', 'forbidden']) {
    expect({ name, ran: created(name, 'pre') || created(name, 'post') }).toEqual({ name, ran: false });
  }
});

it('runs them once after each installation, and what they install runs none', () => {
  pack('named', { install: creates('ran'), postinstall: 'node -p process.env.npm_config_ignore_scripts > settings' });
  install({ named: true }, ['named']);
  expect(runScripts().stdout).toBe('install scripts ran: named\n');
  expect(runScripts()).toMatchObject({ status: 0, stdout: '' });
  expect(spawnSync('cat', [join(checkout, 'node_modules/named/settings')], { encoding: 'utf8' }).stdout).toBe('true\n');
});

it('fails when a script fails, and runs it again the next time', () => {
  pack('named', { postinstall: 'echo no space left; exit 3' });
  install({ named: true }, ['named']);
  const failure = { status: 1, stderr: 'The postinstall script of "named" failed: exit 3\nno space left\n' };
  expect(runScripts()).toMatchObject(failure);
  expect(runScripts()).toMatchObject(failure);
});

it('rejects a Node program with another SHA-256 than the expected one', () => {
  const folder = join(checkout, 'node_modules/node');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(checkout, 'package.json'), JSON.stringify({ allowScripts: { node: true } }));
  const forges = `node -e "require('fs').mkdirSync('bin'); require('fs').writeFileSync('bin/node', 'forged')"`;
  const { version } = JSON.parse(
    spawnSync('cat', [join(workspaceRoot(), 'node_modules/node/package.json')], { encoding: 'utf8' }).stdout,
  ) as { version: string };
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'node', version, scripts: { preinstall: forges } }),
  );
  expect(runScripts()).toMatchObject({ status: 1, stderr: expect.stringContaining('is expected') as string });
});
