import { codedError } from '@gatehouse/errors';
import { type Logger } from 'pino';

/** `FAILPOINTS` is not a list of `point[=label]:kill[:nth]`. */
export class FailpointsInvalidError extends codedError(
  'FAILPOINTS_INVALID',
  'FAILPOINTS is not a list of point[=label]:kill[:nth]',
) {}

/** A place in the code at which the process kills itself when it passes there for the `nth` time. */
export interface Failpoint {
  readonly point: string;
  readonly label: string | undefined;
  readonly nth: number;
}

const ONE = /^([a-z-]+)(?:=([A-Za-z0-9_-]+))?:kill(?::([1-9]\d{0,5}))?$/;

let armed: { readonly failpoint: Failpoint; passed: number }[] = [];

/**
 * Parses a comma-separated list of failpoints, each `point[=label]:kill[:nth]`. `point` names a place in the code of a
 * service. The service kills itself when it passes this place for the `nth` time (default: 1). With a `label`, only
 * passes for that webhook id or Clerk user id count.
 * @throws FailpointsInvalidError
 */
export function parseFailpoints(text: string): Failpoint[] {
  return text.split(',').map((one) => {
    const match = ONE.exec(one.trim());
    if (match?.[1] === undefined) throw new FailpointsInvalidError();
    return { point: match[1], label: match[2], nth: Number(match[3] ?? 1) };
  });
}

/** Arms the failpoints in this process, and logs a warning unless the list is empty. Only for crash tests. */
export function armFailpoints(failpoints: readonly Failpoint[], log: Pick<Logger, 'warn'>): void {
  if (failpoints.length > 0) log.warn({ failpoints }, 'failpoints armed: this process will kill itself');
  armed = failpoints.map((one) => ({ failpoint: one, passed: 0 }));
}

/**
 * Marks a place between two durable steps, such as a commit and an acknowledgement. Counts this pass for each armed
 * failpoint that has this name, and no label or one of `labels`. At the `nth` pass, kills the process by SIGKILL,
 * without cleaning up.
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
