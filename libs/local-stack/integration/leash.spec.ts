import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, resolveNatsServer, workspaceState } from '../src';

describe('the leash', () => {
  it('stops PostgreSQL and nats-server and removes their files when their owner is killed', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-leash-'));
    const program = await natsProgram();
    const owner = spawn(process.execPath, [join(__dirname, 'fixtures/owner.cjs'), directory, program], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    const { pids } = await new Promise<{ pids: number[] }>((resolve, reject) => {
      owner.once('exit', () => reject(new Error('the owner ended by itself')));
      owner.stdout.once('data', (line: Buffer) => resolve(JSON.parse(line.toString()) as { pids: number[] }));
    });
    expect(pids.map(isAlive)).toEqual([true, true]);

    owner.removeAllListeners('exit');
    owner.kill('SIGKILL');

    await eventually(() => pids.every((pid) => !isAlive(pid)));
    await eventually(() => !existsSync(directory));
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The nats-server that the global setup found. In a run with containers it has found none. */
async function natsProgram(): Promise<string> {
  const { GATEHOUSE_TEST_NATS_BIN: found, NATS_URL: _, ...env } = process.env;
  if (found) return found;
  const resolution = await resolveNatsServer({ env, stateDirectory: workspaceState() });
  return resolution.kind === 'program' ? resolution.path : '';
}
