import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEnvelopeSigner } from '@gatehouse/auth';
import { defineRequest, inboxPrefix, type Principal } from '@gatehouse/contracts';
import {
  eventually,
  freePort,
  freePorts,
  portVariables,
  workspaceRoot,
  type GatehousePorts,
  type LocalSettings,
} from '@gatehouse/local-stack';
import { NatsClient, RequestClient } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/observability';
import { z } from 'zod';

const root = workspaceRoot();
const name = 'greet-people';

describe('a generated service', () => {
  let checkout: string;
  let running: ChildProcess | undefined;

  beforeAll(() => {
    checkout = mkdtempSync(join(tmpdir(), 'gatehouse-new-service-'));
    const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
      cwd: root,
      encoding: 'utf8',
    });
    const wanted = /^(apps|libs|tools|docs|deploy|docker|k8s|monitoring)\/|^[^/]+$/;
    for (const path of listed.split('\0')) {
      if (wanted.test(path) && existsSync(join(root, path))) cpSync(join(root, path), join(checkout, path));
    }
    symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
    cpSync(join(root, 'dist'), join(checkout, 'dist'), { recursive: true });
    expect(node('dist/tools/src/new-service/main.js', name)).toMatchObject({ status: 0, stderr: '' });
    expect(build()).toMatchObject({ status: 0 });
  });

  afterAll(async () => {
    if (running && running.exitCode === null) {
      running.kill('SIGKILL');
      await once(running, 'exit');
    }
    rmSync(checkout, { recursive: true, force: true, maxRetries: 5 });
    expect(existsSync(join(root, 'apps', name))).toBe(false);
  });

  const nodeOfSuite = (suite: string, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: checkout,
      encoding: 'utf8',
      env: { ...process.env, GATEHOUSE_TEST_SUITE: suite },
    });
    return { status, stdout, stderr };
  };
  const node = (...args: string[]) => nodeOfSuite('', ...args);
  /** Builds what may differ from the build of the workspace. */
  const build = () => {
    const sources = [`apps/${name}`, 'libs', 'tools/src'];
    const options = ['--config-file', '.swcrc.json', '--out-dir', 'dist', '--ignore', '**/*.spec.ts', '--quiet'];
    return node('node_modules/@swc/cli/bin/swc.js', ...sources, ...options);
  };

  it('is rejected when its name is taken or not in kebab case', () => {
    for (const wrong of [name, 'user-sync', 'nats', 'SendInvoices', '']) {
      expect(node('dist/tools/src/new-service/main.js', wrong)).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(/^The name of the service .+ Usage: npm run new:service/),
      });
    }
  });

  it('passes the strict type check and the check of layers', () => {
    const project = join('apps', name, 'tsconfig.json');
    expect(node('node_modules/typescript/bin/tsc', '--noEmit', '-p', project)).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    });
    expect(node('tools/check-layers.mjs').stderr).not.toContain(name);
  });

  it('passes its own spec, and has what a deployment on one machine and with Docker Compose asks of a service', () => {
    const report = join(checkout, 'report.json');
    const specs = [`apps/${name}/integration`, 'tools/integration/deployment/'];
    const options = ['--json', `--outputFile=${report}`];
    const { status, stderr } = node('node_modules/jest/bin/jest.js', ...specs, ...options);
    expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
      testResults: { name: string; assertionResults: { status: string }[] }[];
    };
    const own = testResults.filter((file) => file.name.includes(`apps/${name}/`));
    expect(own.flatMap((file) => file.assertionResults.map((result) => result.status))).toEqual(
      Array(3).fill('passed'),
    );
    expect(testResults.length).toBeGreaterThan(own.length);
  });

  it('has manifests for Kubernetes that match their schemas and rules', () => {
    const accounts = [
      '--passwords',
      '../gatehouse-passwords/passwords.conf',
      '--output',
      'k8s/base/nats/accounts.conf',
    ];
    expect(node('dist/apps/stream-keeper/src/nats-config.js', ...accounts)).toMatchObject({ status: 0, stderr: '' });
    const only = ['-t', 'match their schemas and every rule'];
    const { status, stderr } = nodeOfSuite('unit', 'node_modules/jest/bin/jest.js', 'tools/src/verify-k8s', ...only);
    expect(stderr).toContain('1 passed');
    expect(status).toBe(0);
  });

  it('is scraped by Prometheus on one machine', () => {
    const config = readFileSync(join(checkout, 'monitoring/prometheus.yaml'), 'utf8');
    expect(config).toContain(`  - job_name: ${name}\n    static_configs: [{ targets: ['127.0.0.1:9005'] }]\n`);
  });

  it('is started and stopped by npm start, becomes ready and answers a request of the gateway over NATS', async () => {
    const ports = await freePorts();
    const opsPort = await freePort();
    const stateDirectory = join(checkout, 'state of a run');
    running = start(ports, opsPort, stateDirectory);
    let output = '';
    running.stdout?.on('data', (chunk) => (output += String(chunk)));
    running.stderr?.on('data', (chunk) => (output += String(chunk)));
    await eventually(() => (output.includes('everything runs') ? true : null), { timeoutMs: 90_000 });
    expect(output).toContain(`✓ ${name}`);

    const ready = await fetch(`http://127.0.0.1:${opsPort}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ info: { nats: { status: 'up' } } });
    expect(await greet(ports.nats, stateDirectory)).toEqual({ text: 'Hello, Asha.' });

    running.kill('SIGTERM');
    const [code] = (await once(running, 'exit')) as [number | null];
    expect(code).toBe(0);
  });

  function start(ports: GatehousePorts, opsPort: number, stateDirectory: string): ChildProcess {
    const chosen = Object.entries(portVariables).map(([port, variable]) => [
      variable,
      String(ports[port as keyof GatehousePorts]),
    ]);
    return spawn(process.execPath, ['dist/tools/src/start/main.js'], {
      cwd: checkout,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        ...Object.fromEntries(chosen),
        GATEHOUSE_GREET_PEOPLE_OPS_PORT: String(opsPort),
        GATEHOUSE_STATE_DIR: stateDirectory,
        NATS_SERVER_BIN: process.env.GATEHOUSE_TEST_NATS_BIN ?? '',
      },
    });
  }

  /** Sends the example request as the gateway, with the gateway's key and NATS user. */
  async function greet(natsPort: number, stateDirectory: string): Promise<unknown> {
    const settings = JSON.parse(readFileSync(join(stateDirectory, 'settings.json'), 'utf8')) as LocalSettings;
    const client = new NatsClient(
      {
        name: 'test',
        user: 'api-gateway',
        password: settings.natsPasswords['api-gateway'],
        servers: [`nats://127.0.0.1:${natsPort}`],
        inboxPrefix: inboxPrefix('api-gateway'),
      },
      createLogger({ service: 'test', level: 'silent' }),
    );
    await client.start();
    try {
      const contract = defineRequest({
        subject: `${name}.greeting.show`,
        request: z.object({ name: z.string() }),
        reply: z.object({ text: z.string() }),
      });
      const principal: Principal = {
        ...{ userId: '8d6f2a2e-5f0a-4b5e-9a53-2b1f7f2a1c11', clerkUserId: 'user_1', sessionId: 'sess_1' },
        ...{ method: 'clerk_session', role: 'user', tier: 'free', scopes: [] },
      };
      const requests = new RequestClient(client, createEnvelopeSigner(settings.envelopePrivateKey));
      return await requests.send(contract, { name: 'Asha' }, { principal, requestId: 'request-1' });
    } finally {
      await client.close();
    }
  }
});
