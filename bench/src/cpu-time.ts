import { readFileSync, readdirSync } from 'node:fs';

/** The kernel's clock tick, as `/proc` counts it on every common Linux; milliseconds. */
const TICK_MS = 10;

/**
 * Processor time that processes and their children have used, also those that have ended, in milliseconds; 0 where there
 * is no `/proc`. It tells what a request costs whatever else the machine is doing.
 */
export function cpuTimeMs(pids: readonly (number | undefined)[]): number {
  const roots = new Set(pids.filter((pid) => pid !== undefined).map(String));
  if (roots.size === 0) return 0;
  let ticks = 0;
  for (const pid of allPids()) {
    const fields = statOf(pid);
    if (fields === undefined) continue;
    if (roots.has(pid)) ticks += fields.ticks + fields.ofEnded;
    else if (roots.has(fields.parent)) ticks += fields.ticks;
  }
  return ticks * TICK_MS;
}

function allPids(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** proc(5): the name may hold spaces and ends with the last parenthesis; after it come state, parent, …, utime, stime, cutime, cstime. */
function statOf(pid: string): { parent: string; ticks: number; ofEnded: number } | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15).map(Number);
    return { parent: fields[1] ?? '', ticks: utime + stime, ofEnded: cutime + cstime };
  } catch {
    return undefined;
  }
}
