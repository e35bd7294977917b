import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceRoot } from '@gatehouse/local-stack';
import { checkPackage } from '../src/pack-package/check-package';
import { checkSize } from '../src/pack-package/check-size';
import { npmPack } from '../src/pack-package/npm-pack';

/** npm takes seconds, and longer on a busy machine. */
const LIMIT_MS = 300_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-packed-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const esm = { name: 'made-wrong', version: '1.0.0', license: 'MIT', type: 'module', files: ['lib'] };

it.each<[string, object, RegExp]>([
  [
    'names a file that does not exist',
    { ...esm, exports: { types: './lib/index.d.ts', default: './lib/none.js' } },
    /none\.js/,
  ],
  [
    'has types after the code',
    { ...esm, exports: { default: './lib/index.js', types: './lib/index.d.ts' } },
    /types should be the first/,
  ],
  ['has no types', { ...esm, exports: './lib/untyped.js' }, /UntypedResolution/],
  [
    'has types of an ES module for CommonJS',
    {
      ...esm,
      exports: {
        import: { types: './lib/index.d.ts', default: './lib/index.js' },
        require: { types: './lib/index.d.ts', default: './lib/index.cjs' },
      },
    },
    /FalseESM/,
  ],
])(
  'a package is rejected that %s',
  async (_, manifest, fault) => {
    mkdirSync(join(folder, 'lib'));
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
    write('package.json', JSON.stringify(manifest));
    for (const name of ['index', 'untyped']) write(`lib/${name}.js`, 'export const one = 1;\n');
    write('lib/index.d.ts', 'export declare const one: number;\n');
    write('lib/index.cjs', 'exports.one = 1;\n');
    await expect(checkPackage(npmPack(folder, join(folder, 'packed')))).rejects.toThrow(fault);
  },
  LIMIT_MS,
);

it(
  'an entry is rejected that costs a page more than its limit, with what it imports',
  async () => {
    mkdirSync(join(folder, 'lib'));
    writeFileSync(join(folder, 'lib/index.mjs'), `export { createParser } from 'eventsource-parser';\n`);
    const sizeOf = (limit: number) => checkSize(workspaceRoot(), folder, { index: limit });
    await expect(sizeOf(500)).rejects.toThrow(/^The entry index has 1\d{3} bytes; it may have 500\.$/);
    rmSync(join(folder, 'node_modules'));
    await expect(sizeOf(5_000)).resolves.toBeUndefined();
  },
  LIMIT_MS,
);
