import { readFileSync } from 'node:fs';

/** The most memory that a process has held since it began; MiB. Linux only: from `VmHWM` of `/proc`. */
export function peakMemoryMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1]) / 1_024;
}
