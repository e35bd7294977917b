import { Command } from '@commander-js/extra-typings';
import { time } from '../output/format';
import { type Run, WHO, allOption, limitOption, printList, yesOption } from './command-options';

/** `gatehouse keys`. */
export function keysCommand(run: Run): Command {
  const keys = new Command('keys').description('API keys of all users');
  keys
    .command('list')
    .description('list API keys, newest first')
    .option('--user <user>', `only of this user: ${WHO}`)
    .addOption(limitOption())
    .addOption(allOption())
    .action((options) =>
      run((session) =>
        printList(session, options, {
          fetch: (limit) =>
            session.gatehouse.list('/admin/keys', { params: { query: { userId: options.user, limit } } }),
          columns: [
            { title: 'ID', text: ({ id }) => id },
            { title: 'PREFIX', text: ({ prefix }) => prefix },
            { title: 'NAME', text: ({ name }) => name },
            {
              title: 'STATE',
              text: ({ state }) => state,
              style: ({ state }) => (state === 'active' ? 'green' : 'dim'),
            },
            { title: 'LAST USED (UTC)', text: ({ lastUsedAt }) => time(lastUsedAt) },
            { title: 'EXPIRES (UTC)', text: ({ expiresAt }) => time(expiresAt) },
            { title: 'USER', text: ({ userId }) => userId },
            { title: 'SCOPES', text: ({ scopes }) => scopes.join(' ') },
          ],
          none: 'There are no such keys.',
        }),
      ),
    );
  keys
    .command('revoke')
    .description('revoke an API key; no gateway accepts it any more when the command ends')
    .argument('<id>', 'id of the key')
    .option('--predecessors', 'also the keys that it has replaced and that are still valid')
    .addOption(yesOption())
    .action((id, options) =>
      run(async (session) => {
        await session.confirm(`Revoke the key ${id}? This cannot be undone.`, options);
        const query = { ...(options.predecessors && { predecessors: true }) };
        const { data } = await session.gatehouse.DELETE('/admin/keys/{id}', { params: { path: { id }, query } });
        session.output.record(data, [
          ['Key', `${data.key.prefix} ${data.key.name}`],
          ['State', data.key.state],
          ['Still valid', data.stillValid?.map(({ prefix }) => prefix).join(', ') || 'none of its line'],
        ]);
      }),
    );
  return keys;
}
