/** The variable FAILPOINTS is not `point[=label]:kill[:nth]`. */
export class FailpointsInvalidError extends Error {
  readonly code = 'FAILPOINTS_INVALID';

  constructor() {
    super('FAILPOINTS is not a list of point[=label]:kill[:nth]');
    this.name = 'FailpointsInvalidError';
  }
}

/** One armed failpoint; it kills when it is passed for the `nth` time in the life of the process. */
export interface Failpoint {
  readonly point: string;
  readonly label: string | undefined;
  readonly nth: number;
}

const ONE = /^([a-z-]+)(?:=([A-Za-z0-9_-]+))?:kill(?::([1-9]\d{0,5}))?$/;

let armed: { readonly failpoint: Failpoint; passed: number }[] = [];

/**
 * Reads `point[=label]:kill[:nth]`, comma-separated: where a test lets a service kill itself, for which webhook alone,
 * and at which pass (the first by default). Throws FailpointsInvalidError.
 */
export function parseFailpoints(text: string): Failpoint[] {
  return text.split(',').map((one) => {
    const match = ONE.exec(one.trim());
    if (match?.[1] === undefined) throw new FailpointsInvalidError();
    return { point: match[1], label: match[2], nth: Number(match[3] ?? 1) };
  });
}

/** Arms failpoints in this process; none are armed until then. For tests of crashes alone. */
export function armFailpoints(failpoints: readonly Failpoint[]): void {
  armed = failpoints.map((one) => ({ failpoint: one, passed: 0 }));
}

/**
 * A place between two durable steps. Does nothing unless a failpoint of this name, and of one of these labels if it has
 * any, is armed: then the process ends as by SIGKILL, at once and without a trace.
 */
export function failpoint(point: string, labels: () => readonly string[] = () => []): void {
  if (armed.length === 0) return;
  for (const one of armed) {
    const { point: name, label, nth } = one.failpoint;
    if (name !== point || (label !== undefined && !labels().includes(label))) continue;
    one.passed += 1;
    if (one.passed === nth) process.kill(process.pid, 'SIGKILL');
  }
}
