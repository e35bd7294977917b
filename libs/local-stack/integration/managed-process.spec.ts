import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManagedProcess } from '../src';

describe('a managed process', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'gatehouse-process-'))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const talk = (logFile: string) => {
    const lines: string[] = [];
    const errors: unknown[] = [];
    const started = ManagedProcess.start({
      name: 'talker',
      command: process.execPath,
      args: ['-e', 'for (const n of [1, 2, 3]) console.log(`line ${n}`)'],
      env: { PATH: process.env.PATH },
      logFile,
      onLine: (line) => lines.push(line),
      onLogError: (error) => errors.push(error),
    });
    return { lines, errors, exit: started.then(({ exited }) => exited) };
  };

  it('writes each line to its log, and passes it to its owner', async () => {
    const logFile = join(directory, 'talker.log');
    const { lines, errors, exit } = talk(logFile);
    expect(await exit).toEqual({ code: 0, signal: null });
    expect(lines).toEqual(['line 1', 'line 2', 'line 3']);
    expect(readFileSync(logFile, 'utf8')).toBe('line 1\nline 2\nline 3\n');
    expect(errors).toEqual([]);
  });

  it('goes on when the disk is full, and reports that once', async () => {
    // Every write to this device of Linux fails as on a full disk.
    if (!existsSync('/dev/full')) return;
    const { lines, errors, exit } = talk('/dev/full');
    expect(await exit).toEqual({ code: 0, signal: null });
    expect(lines).toEqual(['line 1', 'line 2', 'line 3']);
    expect(errors).toEqual([expect.objectContaining({ code: 'ENOSPC' })]);
  });
});
