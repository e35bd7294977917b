import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Leash, ManagedProcess, freePort, freePorts, portVariables, runCommand } from '@gatehouse/local-stack';
import { eventually } from '@gatehouse/testing';
import { unpackLibrary } from './unpack-library';

const root = join(__dirname, '../..');
const example = join(root, 'examples/behind-the-gate');
/** Packing, compiling and starting everything takes a minute, and longer on a busy machine. */
const LIMIT_MS = 600_000;
const packages = [
  ...['@nestjs/common', '@nestjs/core', '@nestjs/platform-express', '@nestjs/platform-fastify', '@types/node'],
  ...['express', 'fastify', 'jose', 'reflect-metadata', 'rxjs'],
];
const ADMIN = 'admin+clerk_test@example.com';
const USER = 'asha@example.com';

let folder: string;
let leash: Leash;
let gateway: string;
let services: Record<'orders' | 'reports' | 'billing', string>;
/** Files of the packages. */
const packed: string[] = [];

const node = (...args: string[]) => runCommand(process.execPath, args, { cwd: folder, timeoutMs: LIMIT_MS });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-behind-'));
  leash = Leash.start();
  for (const name of readdirSync(example).filter((file) => /\.(js|ts|json|yaml)$/.test(file))) {
    copyFileSync(join(example, name), join(folder, name));
  }
  packed.push(...(await unpackLibrary(folder, { library: 'verify', packages }, LIMIT_MS)));
  packed.push(...(await unpackLibrary(folder, { library: 'nest', packages: [] }, LIMIT_MS)));
  writeFileSync(join(folder, 'express.mts'), nestService('Express'));
  writeFileSync(join(folder, 'fastify.cts'), nestService('Fastify'));
  const config = JSON.parse(readFileSync(join(folder, 'tsconfig.json'), 'utf8')) as object;
  const include = ['*.ts', '*.mts', '*.cts'];
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ ...config, include }));
  await node(require.resolve('typescript/bin/tsc'));

  const ports = await freePorts();
  const [orders, reports, billing] = [await freePort(), await freePort(), await freePort()];
  const policy = readFileSync(join(folder, 'gate.yaml'), 'utf8')
    .replace(':8091', `:${orders}`)
    .replace(':8092', `:${reports}`)
    .replace(':8093', `:${billing}`);
  writeFileSync(join(folder, 'gate.yaml'), policy);
  const portEnvironment = Object.entries(portVariables).map(([name, variable]) => [
    variable,
    String(ports[name as keyof typeof ports]),
  ]);
  await start(root, 'dist/tools/src/start/main.js', 'Ctrl-C stops everything', {
    GATEHOUSE_STATE_DIR: join(folder, 'state'),
    NATS_SERVER_BIN: process.env.GATEHOUSE_TEST_NATS_BIN,
    GATE_FILE: join(folder, 'gate.yaml'),
    ...(Object.fromEntries(portEnvironment) as NodeJS.ProcessEnv),
  });
  gateway = `http://localhost:${ports.gateway}`;
  services = {
    orders: `http://127.0.0.1:${orders}`,
    reports: `http://127.0.0.1:${reports}`,
    billing: `http://127.0.0.1:${billing}`,
  };
  await start(folder, 'services.js', 'billing: Nest listening', {
    ...{ GATEHOUSE_URL: gateway, ORDERS_PORT: String(orders), REPORTS_PORT: String(reports) },
    BILLING_PORT: String(billing),
  });
  await createUser(`http://127.0.0.1:${ports.emulator}`);
}, LIMIT_MS);
afterAll(async () => {
  await leash?.release();
  rmSync(folder, { recursive: true, force: true });
}, LIMIT_MS);

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

/** Starts a program and waits until it prints a line. */
async function start(cwd: string, program: string, until: string, env: NodeJS.ProcessEnv): Promise<void> {
  const lines: string[] = [];
  const child = await ManagedProcess.start({
    ...{ name: program, command: process.execPath, args: [join(cwd, program)], cwd, leash },
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    logFile: join(folder, 'output.log'),
    onLine: (line) => void lines.push(line),
  });
  await eventually(
    () => {
      if (!child.running) throw new Error(lines.join('\n'));
      return lines.some((line) => line.includes(until));
    },
    { timeoutMs: 180_000, intervalMs: 100 },
  );
}

async function createUser(emulator: string): Promise<void> {
  const settings = readFileSync(join(folder, 'state/settings.json'), 'utf8');
  const { clerkSecretKey } = JSON.parse(settings) as { clerkSecretKey: string };
  const response = await fetch(`${emulator}/v1/users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${clerkSecretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ email_address: [USER], first_name: 'Asha' }),
  });
  expect(response.status).toBe(200);
}

/** A header with a session token of a user, as `npm run token` prints it. */
async function bearer(email: string): Promise<Record<string, string>> {
  const env = { ...process.env, GATEHOUSE_STATE_DIR: join(folder, 'state') };
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'tools/token.mjs'), email], { env });
  return { authorization: `Bearer ${stdout.trim()}` };
}

async function ask(url: string, headers: Record<string, string> = {}, method = 'GET', body?: object) {
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const parsed = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: response.status, body: parsed };
}

/** An API key of the admin. */
async function keyOf(scopes: readonly string[]): Promise<Record<string, string>> {
  const { body } = await ask(`${gateway}/api/keys`, await bearer(ADMIN), 'POST', { name: 'example', scopes });
  return { 'x-api-key': String(body.key) };
}

const spoofed = { 'X-Gatehouse-User-Id': 'somebody', 'X-Gatehouse-Role': 'admin', 'X-Gatehouse-Tier': 'enterprise' };

it('installs packages without tests, whose types and code fit ES modules and CommonJS, on both adapters of Nest', async () => {
  expect(packed.filter((name) => /\.spec\.|\.map$/.test(name))).toEqual([]);
  const use = `
    const verify = createVerifier({ issuer: 'https://api.example.com', audience: 'orders' });
    verify(undefined).catch((error) => console.log(error instanceof AssertionInvalidError, error.fault));`;
  const names = 'AssertionInvalidError, createVerifier';
  writeFileSync(join(folder, 'imported.mjs'), `import { ${names} } from '@gatehouse/verify'; ${use}`);
  writeFileSync(join(folder, 'required.cjs'), `const { ${names} } = require('@gatehouse/verify'); ${use}`);
  expect([await node('imported.mjs'), await node('required.cjs')]).toEqual(Array(2).fill('true missing\n'));
  expect([await node('dist/express.mjs'), await node('dist/fastify.cjs')]).toEqual(
    Array(2).fill('healthy 401 assertion_invalid\n'),
  );
});

it('admits users with a session, as themselves', async () => {
  const headers = await bearer(USER);
  expect((await ask(`${gateway}/orders`, headers, 'POST', { item: 'tea' })).status).toBe(201);
  const own = await ask(`${gateway}/orders`, headers);
  expect([own.status, own.body]).toMatchObject([
    200,
    { caller: { role: 'user', method: 'clerk_session' }, orders: [{ item: 'tea' }] },
  ]);
  const others = await ask(`${gateway}/orders`, await bearer(ADMIN));
  expect(others.body).toMatchObject({ caller: { role: 'admin' }, orders: [] });
  const invoices = await ask(`${gateway}/billing/invoices`, headers);
  expect([invoices.status, invoices.body.tier]).toEqual([200, 'free']);
});

it('admits API keys to what their scopes allow', async () => {
  const key = await keyOf(['orders:read', 'billing:read']);
  const read = await ask(`${gateway}/orders`, key);
  expect([read.status, read.body]).toMatchObject([200, { caller: { role: 'admin', method: 'api_key' } }]);
  const written = await ask(`${gateway}/orders`, key, 'POST', { item: 'tea' });
  expect([written.status, written.body.code]).toEqual([403, 'scope_insufficient']);
});

it('refuses callers whose role or tier is not enough, at the gate and in the service', async () => {
  const user = await bearer(USER);
  const admin = await bearer(ADMIN);
  const statuses = async (headers: Record<string, string>) => [
    (await ask(`${gateway}/reports`, headers)).status,
    (await ask(`${gateway}/billing/refunds`, headers, 'POST')).status,
    (await ask(`${gateway}/billing/forecast`, headers)).status,
  ];
  expect([await statuses(user), await statuses(admin)]).toEqual([
    [403, 403, 403],
    [200, 201, 403],
  ]);
  expect((await ask(`${gateway}/billing/refunds`, user, 'POST')).body.code).toBe('role_insufficient');
  expect((await ask(`${gateway}/reports`, admin)).body).toEqual({ reports: ['usage', 'revenue'] });
});

it('refuses everybody without a credential, and whatever the policy does not open', async () => {
  expect((await ask(`${gateway}/orders`)).status).toBe(401);
  expect((await ask(`${gateway}/orders`, spoofed)).status).toBe(401);
  expect((await ask(`${gateway}/other`, await bearer(ADMIN))).status).toBe(404);
  expect(await ask(`${gateway}/billing/health`)).toEqual({ status: 200, body: { status: 'ok' } });
});

it('gives spoofed identity headers no effect', async () => {
  const { body } = await ask(`${gateway}/orders`, {
    ...(await bearer(USER)),
    ...spoofed,
    'X-Gatehouse-Assertion': 'x',
  });
  expect(body).toMatchObject({ caller: { role: 'user' } });
});

it('lets nobody call a service directly', async () => {
  const headers = { ...(await bearer(ADMIN)), ...spoofed };
  for (const path of [
    `${services.orders}/orders`,
    `${services.reports}/reports`,
    `${services.billing}/billing/invoices`,
  ]) {
    expect([path, (await ask(path, headers)).status]).toEqual([path, 401]);
  }
  expect((await ask(`${services.billing}/billing/health`)).status).toBe(200);
});
