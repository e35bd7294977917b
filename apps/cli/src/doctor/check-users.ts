import { type Schemas } from '@gatehouse/client';
import { count, counts, time } from '../output/format';
import { type Finding, ok, problem, warning } from './finding';

/** Runs are scheduled daily; an hour more is allowed. */
const STALE_MS = 25 * 3_600_000;
/** Decisions of a run that found the users as they should be. */
const UNCHANGED = new Set(['unchanged', 'duplicate']);

/** Whether the users agree with Clerk, by the last reconcile run. */
export function checkReconcile(runs: readonly Schemas['ReconcileRun'][], now: number): Finding {
  const check = 'users';
  const [last] = runs;
  if (last === undefined) return warning(check, 'have never been compared with Clerk', 'gatehouse reconcile start');
  const { id, state, message, changes } = last;
  switch (state) {
    case 'needs_approval':
      return problem(
        check,
        message ?? state,
        `If Clerk’s list is right: gatehouse reconcile approve ${id}. See the runbook “mass delete stopped”.`,
      );
    case 'failed':
    case 'refused':
      return problem(
        check,
        `the last run ${state === 'failed' ? 'failed' : 'was refused'}: ${message ?? ''}`,
        'See the runbook “reconcile”.',
      );
    case 'queued':
    case 'running':
      return ok(check, `are being compared with Clerk: gatehouse reconcile watch ${id}`);
    default:
  }
  const at = last.finishedAt ?? last.requestedAt;
  const differences = Object.fromEntries(Object.entries(changes).filter(([decision]) => !UNCHANGED.has(decision)));
  const detail = `were compared with Clerk ${time(at)} UTC; repaired: ${counts(differences)}`;
  return now - Date.parse(at) > STALE_MS
    ? warning(check, detail, 'The scheduled run is late: see the runbook “reconcile”.')
    : ok(check, detail);
}

/** Whether a list of what waits for a decision is empty. */
export function checkEmpty(check: string, first: readonly unknown[], more: boolean, todo: string): Finding {
  if (first.length === 0) return ok(check, 'none');
  return warning(check, `${count(first.length)}${more ? ' or more' : ''}`, todo);
}

/** Whether the gate uses the policy of its file. */
export function checkGate({ sha256, rejected, routes }: Schemas['GatePolicy']): Finding {
  const check = 'gate policy';
  if (rejected !== null) {
    return problem(
      check,
      `a newer one is rejected since ${time(rejected.since)} UTC: ${rejected.problem}`,
      'Correct the file; npm run gate:check checks it. See the runbook “gate policy rejected”.',
    );
  }
  return ok(
    check,
    sha256 === null
      ? 'none'
      : `${count(routes.public + routes.user + routes.admin)} routes, ${count(routes.public)} public`,
  );
}
