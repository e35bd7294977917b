import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Leash, ManagedProcess, freePorts, portVariables, workspaceRoot } from '@gatehouse/local-stack';
import { eventually } from '@gatehouse/testing';

const root = workspaceRoot();

/** Runs a built program of tools/ until it ends or prints the line `until`. */
async function run(program: string, env: NodeJS.ProcessEnv, directory: string, leash: Leash, until?: string) {
  const lines: string[] = [];
  const child = await ManagedProcess.start({
    name: program,
    command: process.execPath,
    args: [join(root, `dist/tools/src/${program}/main.js`)],
    cwd: root,
    env,
    logFile: join(directory, `${program}.log`),
    onLine: (line) => lines.push(line),
    leash,
  });
  if (until === undefined) return { child, lines, exit: await child.exited };
  await eventually(() => expect(lines.join('\n')).toContain(until), { timeoutMs: 90_000, intervalMs: 100 });
  return { child, lines, exit: undefined };
}

it('npm run demo succeeds against npm start', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-demo-'));
  const leash = Leash.start();
  const ports = await freePorts();
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    GATEHOUSE_STATE_DIR: directory,
    NATS_SERVER_BIN: process.env.GATEHOUSE_TEST_NATS_BIN,
    ...Object.fromEntries(
      Object.entries(portVariables).map(([name, variable]) => [variable, String(ports[name as keyof typeof ports])]),
    ),
  };
  try {
    const start = await run('start', env, directory, leash, 'Ctrl-C stops everything');
    const demo = await run('demo', env, directory, leash);
    expect(demo.lines.filter((line) => line.includes('✗'))).toEqual([]);
    expect(demo.lines.at(-1)).toBe('All checks passed.');
    expect(demo.exit?.code).toBe(0);
    await start.child.stop();
    expect((await start.child.exited).code).toBe(0);

    const alone = await run('demo', env, directory, leash);
    expect(alone.exit?.code).toBe(1);
    expect(alone.lines).toEqual(['Gatehouse is not running: run npm start in another terminal first.']);
  } finally {
    await leash.release();
    rmSync(directory, { recursive: true, force: true });
  }
}, 600_000);
