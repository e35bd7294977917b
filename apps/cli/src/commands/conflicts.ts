import { Command, Option } from '@commander-js/extra-typings';
import { time } from '../output/format';
import { type Run, pageSize, positive, some } from './command-options';

/** `gatehouse conflicts`. */
export function conflictsCommand(run: Run): Command {
  return new Command('conflicts')
    .description('list addresses that two users claim')
    .addOption(
      new Option('--state <state>', 'open or resolved').choices(['open', 'resolved'] as const).default('open' as const),
    )
    .option('--limit <n>', 'at most so many; default: 20', positive)
    .option('--all', 'all of them')
    .action((options) =>
      run(async (session) => {
        const query = { limit: pageSize(options), state: options.state };
        const list = session.gatehouse.list('/admin/conflicts', { params: { query } });
        await session.output.entries(
          some(list, options, session),
          [
            { title: 'SINCE (UTC)', text: ({ detectedAt }) => time(detectedAt) },
            { title: 'KIND', text: ({ kind }) => kind },
            { title: 'CLAIMS', text: ({ claimant }) => claimant },
            { title: 'HAS IT', text: ({ holder }) => holder },
            { title: 'WHY', text: ({ reason }) => reason },
          ],
          `There are no ${options.state} conflicts.`,
        );
      }),
    );
}
