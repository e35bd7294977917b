import { readFileSync, readdirSync } from 'node:fs';

/** Clock tick of `/proc` on every common Linux, in ms. */
const TICK_MS = 10;

/**
 * Processor time of processes and their children, including those that have ended, in ms; 0 without `/proc`. Unlike
 * throughput, it hardly depends on other load of the machine.
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

/** proc(5): the name can contain spaces and ends with the last `)`; then come state, parent, …, utime, stime, cutime, cstime. */
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
