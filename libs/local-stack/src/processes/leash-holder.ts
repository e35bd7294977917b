/**
 * The helper process that leash.ts starts. Reads orders from standard input, one JSON object a line. Standard input is
 * a pipe. The kernel closes the pipe when the process that started the helper ends, even by SIGKILL. The helper then
 * stops the processes that the orders name, the newest first. Imports nothing of this workspace, because under Jest
 * Node runs this file uncompiled.
 */
import { readFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

interface Held {
  pid: number;
  signal: NodeJS.Signals;
  graceMs: number;
  born: string | undefined;
}

const held: Held[] = [];
const directories = new Set<string>();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

const orders = createInterface({ input: process.stdin });
orders.on('line', (line) => {
  const order = JSON.parse(line) as {
    hold?: Omit<Held, 'born'>;
    remove?: number;
    removeAtEnd?: string;
    keep?: string;
  };
  if (order.hold) held.push({ ...order.hold, born: startTime(order.hold.pid) });
  if (order.remove !== undefined) {
    const index = held.findIndex((entry) => entry.pid === order.remove);
    if (index >= 0) held.splice(index, 1);
  }
  if (order.removeAtEnd !== undefined) directories.add(order.removeAtEnd);
  if (order.keep !== undefined) directories.delete(order.keep);
});
orders.on('close', () => void stopAll());

async function stopAll(): Promise<void> {
  for (const entry of held.reverse()) await stop(entry);
  for (const directory of directories) rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  process.exit(0);
}

async function stop(entry: Held): Promise<void> {
  if (!isSame(entry)) return;
  send(entry.pid, entry.signal);
  const deadline = Date.now() + entry.graceMs;
  while (Date.now() < deadline) {
    await pause(50);
    if (!isSame(entry)) return;
  }
  send(entry.pid, 'SIGKILL');
  await pause(100);
}

/**
 * Whether the process that the order named is running. Compares the id and the start time, because systems reuse
 * process ids.
 */
function isSame(entry: Held): boolean {
  try {
    process.kill(entry.pid, 0);
  } catch {
    return false;
  }
  return startTime(entry.pid) === entry.born;
}

/**
 * Start time of a process: field 22 of /proc/<pid>/stat on Linux; undefined on other systems. `zombie` for a process
 * that has ended and is still in the process table.
 */
function startTime(pid: number): string | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[0] === 'Z' ? 'zombie' : fields[19];
  } catch {
    return undefined;
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // The process has ended meanwhile.
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
