import { Command, Option } from '@commander-js/extra-typings';
import { conflictColumns } from '../users/conflict-columns';
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
          columns: conflictColumns,
          none: `There are no ${options.state} conflicts.`,
        }),
      ),
    );
}
