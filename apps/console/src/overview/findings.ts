import { type DataOf } from '@gatehouse/client';
import { duration } from '../ui/format';

/** What an operator should look at: how bad it is, what it is, and what to do. */
export interface Finding {
  readonly tone: 'bad' | 'wait';
  readonly text: string;
  /** What to do; a command stands between backquotes. */
  readonly next: string;
  /** Search of the list of events that shows it. */
  readonly events?: { readonly status?: 'failed'; readonly dead?: true };
}

type Stats = Pick<DataOf<'/admin/stats', 'get'>, 'at' | 'open' | 'oldestUnapplied' | 'rejected' | 'silence'>;
type Reconcile = Pick<DataOf<'/admin/reconcile', 'get'>['items'][number], 'state' | 'message' | 'absences'>;
type Gateways = Pick<DataOf<'/admin/gateways', 'get'>, 'current' | 'items'>;

/** An event that waits for longer than this is late; milliseconds. */
const LATE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Returns what needs somebody, the worst first. Empty if all is well. What is undefined was not read. */
export function findingsOf(
  stats: Stats | undefined,
  reconcile: Reconcile | null | undefined,
  gateways: Gateways | undefined,
): Finding[] {
  const found = [...ofStats(stats), ...ofReconcile(reconcile), ...ofGateways(gateways)];
  return found.sort((one, other) => Number(one.tone === 'wait') - Number(other.tone === 'wait'));
}

function ofStats(stats: Stats | undefined): Finding[] {
  if (stats === undefined) return [];
  const { at, open, oldestUnapplied, rejected, silence } = stats;
  const now = Date.parse(at);
  const waitedMs = oldestUnapplied === null ? 0 : now - Date.parse(oldestUnapplied.at);
  const found: Finding[] = [];
  if (silence.state === 'alarm') {
    found.push({ tone: 'bad', text: `No webhooks: ${silence.reason}.`, next: 'Follow the runbook “silence”.' });
  }
  if (open.dead > 0) {
    found.push({
      tone: 'bad',
      text:
        open.dead === 1
          ? '1 event is dead: it is not retried any more.'
          : `${open.dead} events are dead: they are not retried any more.`,
      next: 'Find the cause, then redrive.',
      events: { dead: true },
    });
  }
  if (open.retrying > 0) {
    found.push({
      tone: 'wait',
      text:
        open.retrying === 1
          ? '1 event has failed and waits for its retry.'
          : `${open.retrying} events have failed and wait for their retry.`,
      next: 'See why they fail.',
      events: { status: 'failed' },
    });
  }
  if (waitedMs > LATE_MS) {
    found.push({
      tone: 'wait',
      text: `The oldest event has waited for ${duration(waitedMs)}.`,
      next: 'Follow the runbook “backlog”.',
    });
  }
  if (rejected.lastAt !== null && now - Date.parse(rejected.lastAt) < HOUR_MS) {
    found.push({
      tone: 'wait',
      text: 'A delivery was rejected in the last hour.',
      next: 'See why: `gatehouse rejected`.',
    });
  }
  return found;
}

function ofReconcile(run: Reconcile | null | undefined): Finding[] {
  if (run === undefined || run === null) return [];
  if (run.state === 'needs_approval') {
    const text = `A reconcile run would delete up to ${run.absences} users, and waits for an approval.`;
    return [{ tone: 'bad', text, next: 'Follow the runbook “mass delete stopped”.' }];
  }
  if (run.state !== 'failed' && run.state !== 'refused') return [];
  const why = run.message === null ? '' : `: ${run.message}`;
  return [
    {
      tone: 'bad',
      text: `The last reconcile run ${run.state === 'failed' ? 'failed' : 'was refused'}${why}.`,
      next: 'Follow the runbook “reconcile”.',
    },
  ];
}

function ofGateways(gateways: Gateways | undefined): Finding[] {
  const late = gateways?.items.filter(({ live, acknowledged }) => live && acknowledged < gateways.current).length ?? 0;
  if (late === 0) return [];
  const text =
    late === 1
      ? '1 gateway does not know the last change of trust yet.'
      : `${late} gateways do not know the last change of trust yet.`;
  return [{ tone: 'wait', text, next: 'If this stays, follow the runbook “trust change late”.' }];
}
