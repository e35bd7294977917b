import { setTimeout as sleep } from 'node:timers/promises';
import { type Schemas } from '@gatehouse/client';
import { exitCodes } from '../exit-codes';
import { count, counts, time } from '../output/format';
import { Progress } from '../output/progress';
import { type Column, type Style } from '../output/table';
import { type Session } from '../session';

type ReconcileRun = Schemas['ReconcileRun'];

const POLL_MS = 1_000;
const GOING = new Set(['queued', 'running']);
const STYLES: Readonly<Record<string, Style>> = {
  done: 'green',
  needs_approval: 'yellow',
  refused: 'red',
  failed: 'red',
};

/** Columns of a list of runs. */
export const runColumns: readonly Column<ReconcileRun>[] = [
  { title: 'REQUESTED (UTC)', text: ({ requestedAt }) => time(requestedAt) },
  { title: 'STATE', text: ({ state }) => state, style: ({ state }) => STYLES[state] },
  { title: 'BY', text: ({ trigger }) => trigger },
  { title: 'USERS', text: ({ usersDone, usersTotal }) => `${count(usersDone)} of ${count(usersTotal)}` },
  { title: 'CHANGES', text: ({ changes }) => counts(changes) },
  { title: 'ID', text: ({ id }) => id },
  { title: 'MESSAGE', text: ({ message }) => message ?? '' },
];

/** Shows the progress of a run until it ends or waits for an approval. A run that failed or was refused ends with exit code 1. */
export async function watchRun(session: Session, id: string): Promise<void> {
  const { gatehouse, output, io } = session;
  const progress = new Progress(io, 'reconcile', output.json);
  for (;;) {
    const { data: run } = await gatehouse.GET('/admin/reconcile/{id}', { params: { path: { id } }, signal: io.signal });
    if (!GOING.has(run.state)) {
      progress.end();
      showRun(session, run);
      if (run.state === 'failed' || run.state === 'refused') session.exitCode = exitCodes.failed;
      return;
    }
    progress.show({ done: run.usersDone, total: run.usersTotal, perSecond: run.usersPerSecond });
    await sleep(POLL_MS, undefined, { signal: io.signal });
  }
}

/** Prints a run, and what an operator can do about it. */
export function showRun({ output }: Session, run: ReconcileRun): void {
  output.record(run, [
    ['Run', run.id],
    ['State', run.state, STYLES[run.state]],
    ['Users', `${count(run.usersDone)} of ${count(run.usersTotal)}`],
    ['Changes', counts(run.changes)],
    ['Not at Clerk', count(run.absences)],
    ['Can be undone', count(run.undoable)],
    ['Requested', time(run.requestedAt)],
    ['Finished', time(run.finishedAt)],
    ...(run.message === null ? [] : [['Message', run.message] as const]),
  ]);
  if (run.state === 'needs_approval') {
    output.note(`Nobody was deleted. If Clerk's list is right: gatehouse reconcile approve ${run.id}`);
  } else if (run.undoable > 0) {
    output.note(`Its deletions can be undone for 24 hours: gatehouse reconcile undo ${run.id}`);
  }
}
