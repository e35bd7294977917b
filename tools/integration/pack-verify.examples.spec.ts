import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '@gatehouse/local-stack';

const root = join(__dirname, '../..');
/** npm and the bundler take a quarter of a minute, and longer on a busy machine. */
const LIMIT_MS = 300_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-packed-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const node = (...args: string[]) => runCommand(process.execPath, args, { cwd: folder, timeoutMs: LIMIT_MS });

it(
  'the tarball of @gatehouse/verify passes publint and attw, and can be loaded by import and by require',
  async () => {
    // The tool checks the tarball that it has made.
    await node(join(root, 'tools/verify-pack.mjs'), folder);
    const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    const installed = join(folder, 'node_modules/@gatehouse/verify');
    mkdirSync(installed, { recursive: true });
    await runCommand('tar', ['xzf', join(folder, tarball), '-C', installed, '--strip-components=1'], {
      timeoutMs: LIMIT_MS,
    });
    symlinkSync(join(root, 'node_modules/jose'), join(folder, 'node_modules/jose'), 'dir');
    const say = `
      const verify = createVerifier({ issuer: 'https://api.example.com', audience: 'orders' });
      verify(undefined).catch((error) => console.log(error instanceof AssertionInvalidError, error.fault));`;
    writeFileSync(
      join(folder, 'imported.mjs'),
      `import { AssertionInvalidError, createVerifier } from '@gatehouse/verify'; ${say}`,
    );
    writeFileSync(
      join(folder, 'required.cjs'),
      `const { AssertionInvalidError, createVerifier } = require('@gatehouse/verify'); ${say}`,
    );
    expect([await node('imported.mjs'), await node('required.cjs')]).toEqual(Array(2).fill('true missing\n'));
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    expect(files.filter((name) => /\.spec\.|\.map$/.test(name))).toEqual([]);
  },
  LIMIT_MS,
);
