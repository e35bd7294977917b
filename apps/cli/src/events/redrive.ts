import { setTimeout as sleep } from 'node:timers/promises';
import { type InitOf, type Schemas } from '@gatehouse/client';
import { UsageError } from '../errors';
import { NONE, count, counts } from '../output/format';
import { Progress } from '../output/progress';
import { type Column, type Style } from '../output/table';
import { type Session } from '../session';

/** Which events are redriven, and whether it is asked first. */
export interface RedriveOptions {
  readonly status?: 'failed' | 'ignored' | undefined;
  readonly type?: string | undefined;
  readonly errorCode?: string | undefined;
  readonly decision?: string | undefined;
  readonly user?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly dryRun?: true | undefined;
  readonly yes?: true | undefined;
}

type Body = NonNullable<InitOf<'/admin/webhook-events/redrive', 'post'>['body']>;
type Result = Schemas['RedriveResult'];
type Redriven = Schemas['RedrivenEvent'];

/** Events that the dry run shows. */
const SHOWN = 20;
const POLL_MS = 1_000;

const columns: readonly Column<Redriven>[] = [
  { title: 'ACTION', text: ({ action }) => action, style: styleOf },
  { title: 'TYPE', text: ({ eventType }) => eventType },
  { title: 'CLERK USER', text: ({ clerkUserId }) => clerkUserId ?? NONE },
  { title: 'ID', text: ({ id }) => id },
  { title: 'WHY', text: ({ reason, warning, errorMessage }) => reason ?? warning ?? errorMessage ?? '' },
];

function styleOf({ action, warning }: Redriven): Style {
  if (action !== 'redrive') return 'dim';
  return warning == null ? 'green' : 'yellow';
}

/** Redrives one event. */
export async function redriveOne(session: Session, id: string, { dryRun, yes }: RedriveOptions): Promise<void> {
  const { gatehouse, output } = session;
  const call = (asDryRun: boolean) =>
    gatehouse.POST('/admin/webhook-events/{id}/redrive', { params: { path: { id } }, body: { dryRun: asDryRun } });
  if (dryRun === true || yes !== true) {
    const { data } = await call(true);
    await output.entries(data.items, columns, 'There is no such event.');
    if (dryRun === true || data.redriven === 0) return;
  }
  await session.confirm(`Redrive this event?`, { yes });
  const { data } = await call(false);
  await output.entries(data.items, columns, 'Nothing was redriven.');
}

/** Shows which events a filter selects, asks, redrives them, and follows them until each has an outcome. */
export async function redrive(session: Session, options: RedriveOptions): Promise<void> {
  const { output } = session;
  const filter = filterOf(options);
  if (options.dryRun === true || options.yes !== true) {
    const plan = await dryRun(session, filter);
    if (options.dryRun === true || plan === 0) return;
    await session.confirm(`Redrive ${count(plan)} events?`, options);
  }
  let redriven = 0;
  let redriveId: string | null = null;
  for await (const page of pages(session, { filter })) {
    redriven += page.redriven;
    redriveId = page.redriveId;
  }
  if (redriveId === null) return output.note('Nothing was redriven.');
  await follow(session, redriveId, redriven);
}

async function dryRun(session: Session, filter: Body['filter']): Promise<number> {
  const { output } = session;
  let redriven = 0;
  let skipped = 0;
  let hopeless = 0;
  const shown: Redriven[] = [];
  for await (const page of pages(session, { filter, dryRun: true })) {
    redriven += page.redriven;
    skipped += page.skipped;
    hopeless += page.items.filter(({ warning }) => warning != null).length;
    shown.push(...page.items.slice(0, SHOWN - shown.length));
  }
  await output.entries(shown, columns, 'No event matches.');
  const more = redriven + skipped - shown.length;
  if (more > 0) output.note(`… and ${count(more)} more.`);
  if (redriven + skipped > 0) output.note(`${count(redriven)} would be redriven, ${count(skipped)} skipped.`);
  if (hopeless > 0) output.note(`${count(hopeless)} of them will fail again unless their cause is fixed: see WHY.`);
  return redriven;
}

/** Sends a redrive page by page: each request handles a part of what the filter selects. */
async function* pages({ gatehouse, io }: Session, first: Body): AsyncGenerator<Result, void, undefined> {
  let body = first;
  while (!io.signal.aborted) {
    const { data } = await gatehouse.POST('/admin/webhook-events/redrive', { body });
    yield data;
    if (data.nextCursor === null) return;
    body = { ...first, cursor: data.nextCursor, ...(data.redriveId !== null && { redriveId: data.redriveId }) };
  }
}

/** Waits until every redriven event has an outcome, and prints them. */
async function follow({ gatehouse, output, io }: Session, id: string, total: number): Promise<void> {
  const progress = new Progress(io, 'redrive', output.json);
  const from = performance.now();
  for (;;) {
    const { data } = await gatehouse.GET('/admin/webhook-events/redrives/{id}', {
      params: { path: { id } },
      signal: io.signal,
    });
    const { pending = 0, processing = 0 } = data.progress;
    const done = total - pending - processing;
    progress.show({ done, total, perSecond: (done / (performance.now() - from)) * 1_000 });
    if (data.done) {
      progress.end();
      return output.record(data, [
        ['Redrive', data.id],
        ['Redriven', count(data.redriven)],
        ['Outcomes', counts(data.progress)],
      ]);
    }
    await sleep(POLL_MS, undefined, { signal: io.signal });
  }
}

function filterOf({ status, type, errorCode, decision, user, since, until }: RedriveOptions): Body['filter'] {
  const filter = {
    ...(status && { status }),
    ...(type && { type }),
    ...(errorCode && { errorCode }),
    ...(decision && { decision }),
    ...(user && { user }),
    ...(since && { since }),
    ...(until && { until }),
  };
  if (Object.keys(filter).length === 0) {
    throw new UsageError(
      'Which events? Name one, or give --status, --type, --error-code, --decision, --user, --since or --until.',
    );
  }
  return filter;
}
