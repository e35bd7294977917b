import { Command, Option } from '@commander-js/extra-typings';
import { NONE, time } from '../output/format';
import { type Run, WHO, allOption, limitOption, printList } from './command-options';

/** `gatehouse write-backs`. */
export function writeBacksCommand(run: Run): Command {
  const writeBacks = new Command('write-backs').description('user ids and roles that are written to Clerk');
  writeBacks
    .command('list')
    .description('list write-backs')
    .addOption(
      new Option('--state <state>', 'pending, done or dead')
        .choices(['pending', 'done', 'dead'] as const)
        .default('dead' as const),
    )
    .addOption(limitOption())
    .addOption(allOption())
    .action((options) =>
      run((session) =>
        printList(session, options, {
          fetch: (limit) =>
            session.gatehouse.list('/admin/write-backs', { params: { query: { state: options.state, limit } } }),
          columns: [
            { title: 'OWED SINCE (UTC)', text: ({ owedAt }) => time(owedAt) },
            { title: 'STATE', text: ({ state }) => state },
            { title: 'CLERK USER', text: ({ clerkUserId }) => clerkUserId ?? NONE },
            { title: 'TRIES', text: ({ retryCount }) => String(retryCount) },
            { title: 'NEXT (UTC)', text: ({ dueAt }) => time(dueAt) },
            { title: 'ERROR', text: ({ error }) => (error === null ? '' : `${error.code}: ${error.message}`) },
          ],
          none: `There are no ${options.state} write-backs.`,
        }),
      ),
    );
  writeBacks
    .command('retry')
    .description('try dead write-backs again, of the named users or of all')
    .argument('[users...]', WHO)
    .action((userIds) =>
      run(async ({ gatehouse, output }) => {
        const body = userIds.length === 0 ? {} : { userIds };
        const { data } = await gatehouse.POST('/admin/write-backs/retry', { body });
        output.record(data, [['Retried', String(data.retried)]]);
      }),
    );
  return writeBacks;
}
