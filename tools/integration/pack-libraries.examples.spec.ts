import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '@gatehouse/local-stack';
import { unpackLibrary } from './unpack-library';

/** npm, the bundler and the compiler take half a minute, and longer on a busy machine. */
const LIMIT_MS = 300_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-packed-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const node = (...args: string[]) => runCommand(process.execPath, args, { cwd: folder, timeoutMs: LIMIT_MS });
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

it.each<[string, readonly string[], string, string, string]>([
  [
    'follow',
    ['@nats-io/nats-core'],
    'followData, followUsers',
    'console.log(typeof followUsers, typeof followData)',
    'function function\n',
  ],
  [
    'verify',
    ['jose'],
    'AssertionInvalidError, createVerifier',
    `const verify = createVerifier({ issuer: 'https://api.example.com', audience: 'orders' });
     verify(undefined).catch((error) => console.log(error instanceof AssertionInvalidError, error.fault));`,
    'true missing\n',
  ],
])(
  'the tarball of @gatehouse/%s passes publint and attw, and can be loaded by import and by require',
  async (library, packages, names, use, output) => {
    const files = await unpackLibrary(folder, { library, packages }, LIMIT_MS);
    write('imported.mjs', `import { ${names} } from '@gatehouse/${library}'; ${use}`);
    write('required.cjs', `const { ${names} } = require('@gatehouse/${library}'); ${use}`);
    expect([await node('imported.mjs'), await node('required.cjs')]).toEqual([output, output]);
    expect(files.filter((name) => /\.spec\.|\.map$/.test(name))).toEqual([]);
  },
  LIMIT_MS,
);

const nestPackages = [
  ...['@nestjs/common', '@nestjs/core', '@nestjs/platform-express', '@nestjs/platform-fastify'],
  ...['@types/node', 'jose', 'reflect-metadata', 'rxjs'],
];

/** A service that answers one route without a caller, and refuses the other. */
const nestService = (adapter: 'Express' | 'Fastify') => `
  import 'reflect-metadata';
  import { type Caller, GatehouseModule, Principal, Public, Roles } from '@gatehouse/nest';
  import { Controller, Get, Module } from '@nestjs/common';
  import { NestFactory } from '@nestjs/core';
  import { ${adapter}Adapter } from '@nestjs/platform-${adapter.toLowerCase()}';

  @Controller()
  class OrdersController {
    @Get('orders') @Roles('admin') list(@Principal() caller: Caller): string { return caller.userId; }
    @Get('health') @Public() health(): string { return 'healthy'; }
  }

  @Module({
    imports: [GatehouseModule.forRoot({ issuer: 'https://api.example.com', audience: 'orders' })],
    controllers: [OrdersController],
  })
  class AppModule {}

  async function main() {
    const app = await NestFactory.create(AppModule, new ${adapter}Adapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    const [health, orders] = [await fetch(url + '/health'), await fetch(url + '/orders')];
    console.log(await health.text(), orders.status, ((await orders.json()) as { code: string }).code);
    await app.close();
  }
  void main();`;

it(
  'the tarball of @gatehouse/nest guards services in TypeScript, as ES module and as CommonJS',
  async () => {
    const files = await unpackLibrary(folder, { library: 'nest', packages: nestPackages }, LIMIT_MS);
    expect(files.filter((name) => /\.spec\.|\.map$/.test(name))).toEqual([]);
    const compilerOptions = { module: 'nodenext', target: 'es2023', strict: true, types: ['node'], outDir: 'out' };
    const decorators = { experimentalDecorators: true, emitDecoratorMetadata: true, isolatedModules: true };
    write(
      'tsconfig.json',
      JSON.stringify({ compilerOptions: { ...compilerOptions, ...decorators, skipLibCheck: true } }),
    );
    write('express.mts', nestService('Express'));
    write('fastify.cts', nestService('Fastify'));
    expect(await node(require.resolve('typescript/bin/tsc'), '--project', folder)).toBe('');
    expect([await node('out/express.mjs'), await node('out/fastify.cjs')]).toEqual(
      Array(2).fill('healthy 401 assertion_invalid\n'),
    );
  },
  LIMIT_MS,
);
