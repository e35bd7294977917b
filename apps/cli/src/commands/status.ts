import { Command } from '@commander-js/extra-typings';
import { NONE, count, counts, duration, time } from '../output/format';
import { type Style } from '../output/table';
import { type Run, positive } from './command-options';

const SILENCE: Readonly<Record<string, Style>> = { heard: 'green', alarm: 'red', unknown: 'dim' };

/** `gatehouse status`. */
export function statusCommand(run: Run): Command {
  return new Command('status')
    .description('show at a glance whether events arrive and are applied')
    .option('--hours <n>', 'counts of the last so many hours; default: 24', positive, 24)
    .action(({ hours }) =>
      run(async ({ gatehouse, output, connection }) => {
        const [{ data: stats }, { data: runs }] = await Promise.all([
          gatehouse.GET('/admin/stats', { params: { query: { hours } } }),
          gatehouse.GET('/admin/reconcile', { params: { query: { limit: 1 } } }),
        ]);
        const [last] = runs.items;
        const { open, silence, receivedToApplied: latency, lastEvent } = stats;
        const waiting = open.pending + open.processing + open.retrying;
        output.record({ stats, lastReconcile: last ?? null }, [
          ['Gateway', connection.url],
          ['Webhooks', `${silence.state}: ${silence.reason}`, SILENCE[silence.state]],
          ['Last event', lastEvent === null ? NONE : `${time(lastEvent.at)}  ${lastEvent.eventType}`],
          [`Last ${hours} h`, counts(stats.byStatus)],
          ['Waiting', count(waiting), waiting > 0 ? 'yellow' : 'green'],
          ['Dead', count(open.dead), open.dead > 0 ? 'red' : 'green'],
          ['Received to applied', `p50 ${duration(latency.p50Ms)}, p99 ${duration(latency.p99Ms)}`],
          ['Turned away', `${count(stats.rejected.kept)} deliveries kept, the last ${time(stats.rejected.lastAt)}`],
          [
            'Last reconcile',
            last === undefined ? 'never' : `${last.state}  ${time(last.finishedAt ?? last.requestedAt)}`,
          ],
        ]);
        if (open.dead > 0) output.note('Dead events wait for you: gatehouse events list --dead');
      }),
    );
}
