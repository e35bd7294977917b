import { Command } from '@commander-js/extra-typings';
import { type Schemas } from '@gatehouse/client';
import { createKey, rotateKey } from '../keys/own-keys';
import { time } from '../output/format';
import { reached } from '../output/propagation';
import { type Session } from '../session';
import { type Run, WHO, allOption, limitOption, printList, seconds, yesOption } from './command-options';

/** Keys of one request, when they are searched. */
const PAGE = 100;

/** `gatehouse keys`. */
export function keysCommand(run: Run): Command {
  const keys = new Command('keys').description(
    'API keys: list and revoke those of all users, create and rotate your own',
  );
  keys
    .command('list')
    .description('list API keys, newest first')
    .option('--user <user>', `only of this user: ${WHO}`)
    .option('--prefix <prefix>', 'only keys with this beginning, such as sk_prod_McZz1O; never give a whole key')
    .addOption(limitOption())
    .addOption(allOption())
    .action((options) =>
      run((session) =>
        printList(session, options, {
          fetch: (limit) => keysOf(session, options, limit),
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
    .command('scopes')
    .description('list what an API key may be allowed to do')
    .action(() =>
      run(async ({ gatehouse, output }) => {
        const { data } = await gatehouse.GET('/api/scopes');
        await output.entries(
          data.items,
          [
            { title: 'SCOPE', text: ({ scope }) => scope },
            { title: 'ALLOWS', text: ({ description }) => description },
          ],
          'There are none.',
        );
      }),
    );
  keys
    .command('create')
    .description('create an API key of your own, and print it once; needs a session token, because API keys may not')
    .argument('<name>', 'what it is for, such as “on call, Ada”')
    .requiredOption('--scope <scope...>', 'what it may do, such as *:read; see gatehouse keys scopes')
    .option('--expires <length>', 'after this time it is not accepted any more, such as 90d', seconds)
    .action((name, options) => run((session) => createKey(session, name, options)));
  keys
    .command('rotate')
    .description('replace an API key of your own, and print the new one once; needs a session token')
    .argument('<id>', 'id of the key')
    .option('--grace <length>', 'how long the old key stays valid, at most 24h; default: not at all', seconds)
    .action((id, options) => run((session) => rotateKey(session, id, options)));
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
          ['In force', reached(data.propagation)],
        ]);
      }),
    );
  return keys;
}

/** All keys, or those with a prefix: the API has no such filter, so all are read. */
async function* keysOf(
  { gatehouse }: Session,
  { user: userId, prefix }: { readonly user?: string | undefined; readonly prefix?: string | undefined },
  limit: number,
): AsyncGenerator<Schemas['ApiKey'], void, undefined> {
  const size = prefix === undefined ? limit : PAGE;
  for await (const key of gatehouse.list('/admin/keys', { params: { query: { userId, limit: size } } })) {
    if (prefix === undefined || key.prefix.startsWith(prefix)) yield key;
  }
}
