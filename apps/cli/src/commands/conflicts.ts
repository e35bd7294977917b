import { Command, Option } from '@commander-js/extra-typings';
import { time } from '../output/format';
import { type Run, allOption, limitOption, printList } from './command-options';

/** `gatehouse conflicts`. */
export function conflictsCommand(run: Run): Command {
  return new Command('conflicts')
    .description('list addresses that two users claim')
    .addOption(
      new Option('--state <state>', 'open or resolved').choices(['open', 'resolved'] as const).default('open' as const),
    )
    .addOption(limitOption())
    .addOption(allOption())
    .action((options) =>
      run((session) =>
        printList(session, options, {
          fetch: (limit) =>
            session.gatehouse.list('/admin/conflicts', { params: { query: { state: options.state, limit } } }),
          columns: [
            { title: 'SINCE (UTC)', text: ({ detectedAt }) => time(detectedAt) },
            { title: 'KIND', text: ({ kind }) => kind },
            { title: 'CLAIMS', text: ({ claimant }) => claimant },
            { title: 'HAS IT', text: ({ holder }) => holder },
            { title: 'WHY', text: ({ reason }) => reason },
          ],
          none: `There are no ${options.state} conflicts.`,
        }),
      ),
    );
}
