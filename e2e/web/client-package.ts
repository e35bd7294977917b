import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand, workspaceRoot } from '@gatehouse/local-stack';

/** The compiler takes seconds, and longer on a busy machine. */
const LIMIT_MS = 300_000;

/** Checks of the installed tarball of `@gatehouse/client`. @param folderOf folder in which it is, with what it depends on */
export function describeClientPackage(folderOf: () => string): void {
  const node = (...args: string[]) => runCommand(process.execPath, args, { cwd: folderOf(), timeoutMs: LIMIT_MS });
  const write = (name: string, text: string) => writeFileSync(join(folderOf(), name), text);

  it(
    'the tarball of @gatehouse/client can be loaded by import and by require, with one class of errors',
    async () => {
      const files = readdirSync(join(folderOf(), 'node_modules/@gatehouse/client'), { recursive: true });
      expect(files.filter((name) => /\.spec\.|\.map$/.test(String(name)))).toEqual([]);
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
      write('client.mjs', names.map(([what, from]) => `import ${what} from '${from}';`).join('\n') + use);
      write('client.cjs', names.map(([what, from]) => `const ${what} = require('${from}');`).join('\n') + use);
      expect([await node('client.mjs'), await node('client.cjs')]).toEqual(
        Array(2).fill('true network_failed refused You are not allowed to do this. +919876543210\n'),
      );
    },
    LIMIT_MS,
  );

  it(
    'the examples of @gatehouse/client that need no DOM compile in a strict project without its types',
    async () => {
      const plain = clientExamples().filter((code) => !needsDom(code));
      expect(plain.length).toBeGreaterThan(3);
      const files = plain.map((_, index) => `example-${index}.mts`);
      for (const [index, name] of files.entries()) write(name, plain[index] ?? '');
      const programs = ['extension', 'legacy-client'].flatMap((name) => {
        cpSync(join(workspaceRoot(), 'examples', name), join(folderOf(), name), { recursive: true });
        return [`${name}/main.ts`, `${name}/${name}.ts`];
      });
      const options = ['--ignoreConfig', '--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022'];
      const libraries = ['--lib', 'es2023', '--types', 'node', '--allowImportingTsExtensions'];
      const compiler = 'node_modules/typescript/bin/tsc';
      expect(await node(compiler, ...options, ...libraries, ...files, ...programs)).toBe('');
    },
    LIMIT_MS,
  );
}

/** Examples of the README of `@gatehouse/client`. */
function clientExamples(): string[] {
  const readme = readFileSync(join(workspaceRoot(), 'libs/client/README.md'), 'utf8');
  return [...readme.matchAll(/```ts\n([^]*?)```/g)].map(([, code = '']) => code);
}

const needsDom = (code: string) => /window|alert/.test(code);

/** Examples of the README for pages. They find Clerk where its script puts it. */
export function pageExamples(): string[] {
  const clerk = 'declare const Clerk: { session?: { getToken(options?: object): Promise<string | null> } };\n';
  return clientExamples()
    .filter(needsDom)
    .map((code) => clerk + code.replace('window.Clerk', 'Clerk'));
}
