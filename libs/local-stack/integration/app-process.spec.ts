import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppProcess, Leash } from '../src';

describe('a program of the workspace', () => {
  let root: string;
  let leash: Leash;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'gatehouse-app-'));
    leash = Leash.start();
  });
  afterEach(async () => {
    await leash.release();
    rmSync(root, { recursive: true, force: true });
  });

  it('is stopped when it does not become ready, and the error names the failing checks without their reasons', async () => {
    const body = { status: 'error', info: { database: {} }, error: { nats: { secret: 'hidden' }, streams: {} } };
    mkdirSync(join(root, 'dist/apps/user-sync/src'), { recursive: true });
    writeFileSync(join(root, 'dist/apps/user-sync/src/main.js'), 'setInterval(() => undefined, 60_000);');
    // In this process, because a busy machine may take seconds to start another one.
    const server = createServer((_, response) => {
      response.statusCode = 503;
      response.end(JSON.stringify(body));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const app = new AppProcess({
      name: 'user-sync',
      root,
      environment: { PATH: process.env.PATH },
      logFile: join(root, 'user-sync.log'),
      readyUrl: `http://127.0.0.1:${port}/readyz`,
      readyTimeoutMs: 1_000,
      leash,
    });
    await expect(app.start()).rejects.toMatchObject({
      code: 'SERVICE_FAILED',
      message: 'user-sync was not ready within 1 s: it answers 503 (not ready: nats, streams).',
    });
    expect(app.pid).toBeUndefined();
    server.close();
  });
});
