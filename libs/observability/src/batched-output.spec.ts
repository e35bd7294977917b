import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { BatchedOutput } from './batched-output';

const run = promisify(execFile);

/** Script that runs `program` with the logger of a service as `log`. */
const scriptOf = (program: string) => `
  const swc = { module: { type: 'commonjs' }, jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } };
  require.extensions['.ts'] = (module, file) =>
    module._compile(require('@swc/core').transformFileSync(file, swc).code, file);
  const log = require('./logger').createLogger({ service: 'test', level: 'info' });
  ${program}`;

/** Runs a program with the logger of a service as `log`, and returns the messages that it logged. */
async function messagesOf(program: string): Promise<string[]> {
  const { stdout } = await run(process.execPath, ['--eval', scriptOf(program)], { cwd: __dirname }).catch(
    (error: { stdout: string }) => error,
  );
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { message: string }).message);
}

describe('the log of a service', () => {
  it.each([
    ['exits by itself', ''],
    ['exits in the same turn', 'process.exit(3)'],
    ['ends by an uncaught error', 'throw new Error("uncaught")'],
    ['ends by an unhandled rejection', 'void Promise.reject(new Error("uncaught"))'],
  ])('is written completely and in order when its process %s', async (_, end) => {
    const messages = await messagesOf(`for (let i = 0; i < 5_000; i++) log.info('line ' + i); ${end}`);
    expect(messages).toEqual(Array.from({ length: 5_000 }, (_, index) => `line ${index}`));
  });
});

describe('a service', () => {
  it('continues and exits normally when nobody reads its log any more', async () => {
    const program =
      "setInterval(() => log.info('x'.repeat(9_000)), 1).unref(); setTimeout(() => log.info('end'), 300);";
    const child = spawn(process.execPath, ['--eval', scriptOf(program)], {
      cwd: __dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});

describe('the log lines of one turn of the event loop', () => {
  it('are written together at its end', async () => {
    const written: string[] = [];
    const log = pino({ base: null, timestamp: false }, new BatchedOutput({ write: (text) => void written.push(text) }));
    log.info('first');
    await Promise.resolve();
    log.info('second');
    expect(written).toEqual([]);
    await new Promise((resolve) => setImmediate(resolve));
    log.info('third');
    await new Promise((resolve) => setImmediate(resolve));
    const line = (msg: string) => `${JSON.stringify({ level: 30, msg })}\n`;
    expect(written).toEqual([line('first') + line('second'), line('third')]);
  });

  it('are written before its end when they are many', () => {
    const written: string[] = [];
    const output = new BatchedOutput({ write: (text) => void written.push(text) });
    for (let count = 0; count < 1_000; count++) output.write(`${'x'.repeat(999)}\n`);
    expect(written.length).toBeGreaterThan(10);
    expect(written.every((text) => text.length <= 66 * 1_024)).toBe(true);
  });
});
