import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '@gatehouse/local-stack';
import { unpackLibrary } from './unpack-library';

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
    const library = { name: '@gatehouse/verify', tool: 'verify-pack.mjs', dependency: 'jose' };
    const files = await unpackLibrary(folder, library, LIMIT_MS);
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
    expect(files.filter((name) => /\.spec\.|\.map$/.test(name))).toEqual([]);
  },
  LIMIT_MS,
);
