/** The variable FAILPOINTS is not `point[=label]:kill[:chance]`. */
export class FailpointsInvalidError extends Error {
  readonly code = 'FAILPOINTS_INVALID';

  constructor() {
    super('FAILPOINTS is not a list of point[=label]:kill[:chance]');
    this.name = 'FailpointsInvalidError';
  }
}

/** One armed failpoint; `chance` from 0 to 1. */
export interface Failpoint {
  readonly point: string;
  readonly label: string | undefined;
  readonly chance: number;
}

const ONE = /^([a-z-]+)(?:=([A-Za-z0-9_-]+))?:kill(?::(0\.\d+|1|0))?$/;

let armed: readonly Failpoint[] = [];

/**
 * Reads `point[=label]:kill[:chance]`, comma-separated: where a test lets a service kill itself, for which webhook alone,
 * and how often. Throws FailpointsInvalidError.
 */
export function parseFailpoints(text: string): Failpoint[] {
  return text.split(',').map((one) => {
    const match = ONE.exec(one.trim());
    if (match?.[1] === undefined) throw new FailpointsInvalidError();
    return { point: match[1], label: match[2], chance: Number(match[3] ?? 1) };
  });
}

/** Arms failpoints in this process; none are armed until then. For tests of crashes alone. */
export function armFailpoints(failpoints: readonly Failpoint[]): void {
  armed = failpoints;
}

/**
 * A place between two durable steps. Does nothing unless a failpoint of this name, and of one of these labels if it has
 * any, is armed: then the process ends as by SIGKILL, at once and without a trace.
 */
export function failpoint(point: string, labels: () => readonly string[] = () => []): void {
  if (armed.length === 0) return;
  for (const { point: name, label, chance } of armed) {
    if (name !== point || (label !== undefined && !labels().includes(label))) continue;
    if (Math.random() < chance) process.kill(process.pid, 'SIGKILL');
  }
}
