import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand, workspaceRoot } from '@gatehouse/local-stack';
import { unpackLibrary } from './unpack-library';

/** npm, the bundler and the compiler take half a minute, and longer on a busy machine. */
const LIMIT_MS = 300_000;
const packages = [
  ...['openapi-fetch', 'openapi-typescript-helpers', 'eventsource-parser', 'libphonenumber-js'],
  ...['@types/node', 'undici-types'],
];

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-packed-'));
  const files = await unpackLibrary(folder, { library: 'client', packages }, LIMIT_MS);
  expect(files.filter((name) => /\.spec\.|\.map$/.test(name))).toEqual([]);
}, LIMIT_MS);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const node = (...args: string[]) => runCommand(process.execPath, args, { cwd: folder, timeoutMs: LIMIT_MS });
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const compile = (...args: string[]) =>
  node(
    require.resolve('typescript/bin/tsc'),
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2022',
    ...args,
  );

it(
  'the tarball of @gatehouse/client can be loaded by import and by require, with one class of errors',
  async () => {
    const use = `
    const gatehouse = createGatehouse({ baseUrl: 'http://127.0.0.1:1', apiKey: 'k', retries: 0 });
    gatehouse.GET('/api/me').catch(async (error) => {
      const { reason, error: refusal } = await followChanges(
        { openStream: () => Promise.reject(new GatehouseError({ code: 'forbidden', status: 403 })) }, {}).ended;
      console.log(error instanceof GatehouseError, error.code, reason, refusal.text, formatPhoneNumber('98765 43210'));
    });`;
    const names = [
      ['{ GatehouseError, createGatehouse }', '@gatehouse/client'],
      ['{ followChanges }', '@gatehouse/client/live'],
      ['{ formatPhoneNumber }', '@gatehouse/client/phone'],
    ];
    write('imported.mjs', names.map(([what, from]) => `import ${what} from '${from}';`).join('\n') + use);
    write('required.cjs', names.map(([what, from]) => `const ${what} = require('${from}');`).join('\n') + use);
    expect([await node('imported.mjs'), await node('required.cjs')]).toEqual(
      Array(2).fill('true network_failed refused You are not allowed to do this. +919876543210\n'),
    );
  },
  LIMIT_MS,
);

it(
  'the examples compile in a strict project, those without a DOM also without its types',
  async () => {
    const readme = readFileSync(join(workspaceRoot(), 'libs/client/README.md'), 'utf8');
    const examples = [...readme.matchAll(/```ts\n([^]*?)```/g)].map(([, code = '']) => code);
    expect(examples.length).toBeGreaterThan(5);
    const files = examples.map((_, index) => `example-${index}.mts`);
    for (const [index, name] of files.entries()) write(name, examples[index] ?? '');
    const session = '{ getToken(options?: { skipCache?: boolean }): Promise<string | null> }';
    write('clerk.d.ts', `interface Window { Clerk: { session?: ${session} } }`);
    expect(await compile('--lib', 'es2023,dom', '--types', 'node', 'clerk.d.ts', ...files)).toBe('');
    const programs = ['extension', 'legacy-client'].flatMap((name) => {
      cpSync(join(workspaceRoot(), 'examples', name), join(folder, name), { recursive: true });
      return [`${name}/main.ts`, `${name}/${name}.ts`];
    });
    const plain = files.filter((_, index) => !/window|alert/.test(examples[index] ?? ''));
    expect(plain.length).toBeGreaterThan(3);
    expect(
      await compile(
        '--lib',
        'es2023',
        '--types',
        'node',
        '--skipLibCheck',
        '--allowImportingTsExtensions',
        ...plain,
        ...programs,
      ),
    ).toBe('');
  },
  LIMIT_MS,
);
