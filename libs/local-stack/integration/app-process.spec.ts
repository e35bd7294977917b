import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppProcess, freePort, Leash } from '../src';

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
    const port = await freePort();
    const body = { status: 'error', info: { database: {} }, error: { nats: { secret: 'hidden' }, streams: {} } };
    mkdirSync(join(root, 'dist/apps/user-sync/src'), { recursive: true });
    writeFileSync(
      join(root, 'dist/apps/user-sync/src/main.js'),
      `require('node:http').createServer((_, response) => {
        response.statusCode = 503;
        response.end(${JSON.stringify(JSON.stringify(body))});
      }).listen(${port}, '127.0.0.1');`,
    );
    const app = new AppProcess({
      name: 'user-sync',
      root,
      environment: { PATH: process.env.PATH },
      logFile: join(root, 'user-sync.log'),
      readyUrl: `http://127.0.0.1:${port}/readyz`,
      readyTimeoutMs: 5000,
      leash,
    });
    await expect(app.start()).rejects.toMatchObject({
      code: 'SERVICE_FAILED',
      message: 'user-sync was not ready within 5 s: it answers 503 (not ready: nats, streams).',
    });
    expect(app.pid).toBeUndefined();
  });
});
