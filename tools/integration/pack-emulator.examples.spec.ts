import { execFile } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '../..');
/** The compiler and npm take half a minute, and longer on a busy machine. */
const LIMIT_MS = 300_000;
/** Further packages of the consumer: the programs of the examples, and the dependencies of the application. */
const THEIRS = ['@swc/core', '@swc/jest', '@types/jest', '@types/node', 'jose', 'svix'];

interface Manifest {
  readonly name: string;
  readonly license: string;
  readonly dependencies: Record<string, string>;
}

describe('the tarball of the Clerk emulator', () => {
  let folder: string;
  let installed: string;
  let manifest: Manifest;

  const run = async (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> => {
    const { NODE_OPTIONS: _ours, JEST_WORKER_ID: _id, ...rest } = process.env;
    const options = { cwd: folder, env: { ...rest, ...env }, timeout: LIMIT_MS };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [...args], options).catch(
      (failure: { stdout: string; stderr: string }) => ({ ...failure, stdout: `FAILED ${failure.stdout}` }),
    );
    return stdout + stderr;
  };
  const workspaceFile = (path: string): string => join(root, 'node_modules', path);
  const write = (name: string, lines: readonly string[]): void => writeFileSync(join(folder, name), lines.join('\n'));
  const link = (name: string): void => {
    const path = join(folder, 'node_modules', name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(workspaceFile(name), path, 'dir');
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-packed-'));
    installed = join(folder, 'node_modules/@gatehouse/clerk-emulator');
    mkdirSync(installed, { recursive: true });
    const said = await run([join(root, 'tools/pack.mjs'), 'clerk-emulator', folder]);
    const [tarball = said] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    await promisify(execFile)('tar', ['xzf', join(folder, tarball), '-C', installed, '--strip-components=1']);
    manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Manifest;
    // Only the declared dependencies, so that loading any other package fails.
    for (const name of [...Object.keys(manifest.dependencies), ...THEIRS]) link(name);
    copyFileSync(join(__dirname, 'fixtures/my-app.ts'), join(folder, 'my-app.ts'));
  }, LIMIT_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('declares exactly the packages that it needs, and contains no tests and no source maps', () => {
    expect(manifest).toMatchObject({ name: '@gatehouse/clerk-emulator', license: 'Apache-2.0' });
    expect(Object.keys(manifest.dependencies)).toEqual([
      '@nestjs/common',
      '@nestjs/core',
      '@nestjs/platform-fastify',
      'pino',
      'reflect-metadata',
      'rxjs',
      'zod',
    ]);
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', join('docs', 'reference', 'emulator.md')]));
    expect(files.filter((name) => /\.spec\.|\.map$|\.ts$/.test(name) && !/\.d\.cts$/.test(name))).toEqual([]);
  });

  it(
    'can be loaded by import and by require, and serves its page, the Frontend API and scripts of Clerk',
    async () => {
      const use = [
        'startClerkEmulator().then(async (emulator) => {',
        '  const page = await fetch(`${emulator.url}/page/content.css`);',
        '  console.log(page.status, (await emulator.token(emulator.createUser().id)).split(".").length);',
        '  const browser = await (await fetch(`${emulator.url}/v1/dev_browser`, { method: "POST" })).json();',
        '  const environment = await fetch(`${emulator.url}/v1/environment?__clerk_db_jwt=${browser.id}`);',
        '  const script = await fetch(`${emulator.url}/npm/@clerk/clerk-js@6/dist/clerk.browser.js`);',
        '  console.log((await environment.json()).auth_config.object, await script.text());',
        '  await emulator.close();',
        '});',
      ];
      const scripts = join(folder, 'node_modules/@clerk/clerk-js/dist');
      mkdirSync(scripts, { recursive: true });
      writeFileSync(join(scripts, 'clerk.browser.js'), '// a script of Clerk');
      write('imported.mjs', ["import { startClerkEmulator } from '@gatehouse/clerk-emulator';", ...use]);
      write('required.cjs', ["const { startClerkEmulator } = require('@gatehouse/clerk-emulator');", ...use]);
      const said = '200 3\nauth_config // a script of Clerk\n';
      expect(await run(['imported.mjs'])).toBe(said);
      expect(await run(['required.cjs'])).toBe(said);
    },
    LIMIT_MS,
  );

  it(
    'starts as a program that checks its environment',
    async () => {
      const program = join(installed, 'bin/clerk-emulator.js');
      expect(await run([program], { PORT: 'many', WEBHOOK_URLS: 'none' })).toContain('PORT');
    },
    LIMIT_MS,
  );

  describe('with the examples of its documents', () => {
    beforeAll(() => {
      const documents = readFileSync(join(installed, 'docs/how-to/test-against-the-emulator.md'), 'utf8');
      for (const name of ['users.test.ts', 'jest.config.mjs']) {
        const example = [...documents.matchAll(/```[a-z]+\n([^]*?)```/g)].find(([, code]) =>
          code?.startsWith(`// ${name}`),
        );
        write(name, [example?.[1] ?? '']);
      }
    });

    it(
      'type-checks in a strict project',
      async () => {
        const options = ['--module', 'nodenext', '--target', 'es2022', '--types', 'node,jest', '--noEmit', '--strict'];
        const files = ['users.test.ts', 'my-app.ts'];
        expect(await run([workspaceFile('typescript/bin/tsc'), ...options, ...files])).toBe('');
      },
      LIMIT_MS,
    );

    it(
      'passes the Jest example',
      async () => {
        const said = await run([workspaceFile('jest/bin/jest.js'), '--rootDir', folder, '--watchman=false'], {
          NODE_OPTIONS: '--experimental-vm-modules',
        });
        expect(said).toContain('Tests:       6 passed, 6 total');
      },
      LIMIT_MS,
    );
  });
});
