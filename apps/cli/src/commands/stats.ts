import { Command } from '@commander-js/extra-typings';
import { type Schemas } from '@gatehouse/client';
import { count, duration, time } from '../output/format';
import { type Column, type Style } from '../output/table';
import { type Run, moment, seconds } from './command-options';

type Point = Schemas['EventSeriesPoint'];

/** Rows of a series without `--step`, at most. */
const ROWS = 24;
const STEPS = [10, 60, 300, 600, 1_800, 3_600, 10_800, 21_600, 86_400] as const;
const HOUR_S = 3_600;

const ifAny = (style: Style, value: number): Style | undefined => (value > 0 ? style : 'dim');

const columns: readonly Column<Point>[] = [
  { title: 'FROM (UTC)', text: ({ at }) => time(at) },
  { title: 'RECEIVED', text: ({ received }) => count(received) },
  { title: 'APPLIED', text: ({ applied }) => count(applied) },
  { title: 'FAILED', text: ({ failed }) => count(failed), style: ({ failed }) => ifAny('red', failed) },
  { title: 'IGNORED', text: ({ ignored }) => count(ignored) },
  { title: 'REJECTED', text: ({ rejected }) => count(rejected), style: ({ rejected }) => ifAny('yellow', rejected) },
  { title: 'RETRIES', text: ({ retries }) => count(retries) },
  { title: 'BACKLOG', text: ({ backlog }) => count(backlog), style: ({ backlog }) => ifAny('yellow', backlog) },
  { title: 'P50', text: ({ p50Ms }) => duration(p50Ms) },
  { title: 'P99', text: ({ p99Ms }) => duration(p99Ms) },
];

/** `gatehouse stats`. */
export function statsCommand(run: Run): Command {
  return new Command('stats')
    .description('show how many events came, were applied and are left, step by step')
    .option('--since <time>', 'from; a time, or how long ago, such as 2h; default: 1h', moment)
    .option('--until <time>', 'to; default: now', moment)
    .option('--step <length>', `length of a step, such as 30s, 5min or 1h; default: at most ${ROWS} steps`, seconds)
    .action(({ since, until, step }) =>
      run(async ({ gatehouse, output }) => {
        const query = { since, until, step: step ?? stepOf(since, until) };
        const { data } = await gatehouse.GET('/admin/stats/series', { params: { query } });
        await output.entries(data.points, columns, 'The span is empty: --since is not before --until.');
      }),
    );
}

/** The shortest usual step with which a span has at most {@link ROWS} rows. */
function stepOf(since: string | undefined, until: string | undefined): number {
  const end = until === undefined ? Date.now() : Date.parse(until);
  const span = since === undefined ? HOUR_S : (end - Date.parse(since)) / 1_000;
  return STEPS.find((step) => span <= step * (ROWS - 1)) ?? 86_400;
}
