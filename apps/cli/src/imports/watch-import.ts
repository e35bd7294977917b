import { setTimeout as sleep } from 'node:timers/promises';
import { type Schemas } from '@gatehouse/client';
import { exitCodes } from '../exit-codes';
import { NONE, count, counts, time } from '../output/format';
import { Progress } from '../output/progress';
import { type Column, type Style } from '../output/table';
import { type Session } from '../session';

type UserImport = Schemas['UserImport'];

const POLL_MS = 1_000;
/** What the progress is called, by the states that end by themselves. */
const GOING: Readonly<Record<string, string>> = { planning: 'plan', applying: 'apply', undoing: 'undo' };
const STYLES: Readonly<Record<string, Style>> = {
  done: 'green',
  undone: 'green',
  needs_approval: 'yellow',
  failed: 'red',
};

/** Columns of a list of imports. */
export const importColumns: readonly Column<UserImport>[] = [
  { title: 'REQUESTED (UTC)', text: ({ requestedAt }) => time(requestedAt) },
  { title: 'STATE', text: ({ state }) => state, style: ({ state }) => STYLES[state] },
  { title: 'ROWS', text: ({ rows, rowsDone }) => `${count(rowsDone)} of ${count(rows)}` },
  { title: 'PLAN', text: ({ plan }) => counts(plan) },
  { title: 'OUTCOMES', text: ({ outcomes }) => counts(outcomes) },
  { title: 'ID', text: ({ id }) => id },
];

/** Columns of a list of rows. */
export const rowColumns: readonly Column<Schemas['UserImportRow']>[] = [
  { title: 'LINE', text: ({ line }) => count(line) },
  { title: 'ACTION', text: ({ action }) => action },
  { title: 'WHY', text: ({ reason }) => reason },
  { title: 'OUTCOME', text: ({ reversal, outcome }) => reversal ?? outcome ?? NONE },
  { title: 'USER', text: ({ userId }) => userId ?? NONE },
  {
    title: 'DETAIL',
    text: ({ detail, errors, failure }) =>
      failure ?? [detail, ...errors.map(({ field, message }) => `${field}: ${message}`)].join(' '),
  },
];

/** Shows the progress of an import until it ends or waits for somebody. */
export async function watchImport({ gatehouse, output, io }: Session, id: string): Promise<UserImport> {
  const from = performance.now();
  let first: number | undefined;
  let progress: Progress | undefined;
  let told: string | null = null;
  for (;;) {
    const { data } = await gatehouse.GET('/admin/users/import/{id}', { params: { path: { id } }, signal: io.signal });
    const label = GOING[data.state];
    if (label === undefined) {
      progress?.end();
      return data;
    }
    progress ??= new Progress(io, label, output.json);
    if (data.message !== null && data.message !== told) {
      progress.end();
      output.note(data.message);
      told = data.message;
    }
    first ??= data.rowsDone;
    const perSecond = ((data.rowsDone - first) / (performance.now() - from)) * 1_000;
    progress.show({ done: data.rowsDone, total: data.rows, perSecond });
    await sleep(POLL_MS, undefined, { signal: io.signal });
  }
}

/** Prints an import, and what an operator can do about it. An import that failed ends with exit code 1. */
export function showImport(session: Session, one: UserImport): void {
  const { output } = session;
  output.record(one, [
    ['Import', one.id],
    ['State', one.state, STYLES[one.state]],
    ['Rows', `${count(one.rowsDone)} of ${count(one.rows)}`],
    ['Plan', counts(one.plan)],
    ['Outcomes', counts(one.outcomes)],
    ['Undone', counts(one.reversals)],
    ['Can be undone until', time(one.undoableUntil)],
    ...(one.message === null ? [] : [['Message', one.message] as const]),
  ]);
  if (one.state === 'failed') session.exitCode = exitCodes.failed;
  if (one.state === 'needs_approval') {
    const open = ['conflict', 'invalid'].filter((action) => (one.plan[action] ?? 0) > 0);
    for (const action of open) output.note(`Left out: gatehouse imports rows ${one.id} --action ${action}`);
    output.note(`Nothing has changed. Apply it, with a session token: gatehouse imports approve ${one.id}`);
  } else if (one.state === 'done') {
    for (const outcome of ['stale', 'failed'].filter((name) => (one.outcomes[name] ?? 0) > 0)) {
      output.note(`Left out: gatehouse imports rows ${one.id} --outcome ${outcome}`);
    }
    if (one.undoableUntil !== null) output.note(`Undo it: gatehouse imports undo ${one.id}`);
  }
}
