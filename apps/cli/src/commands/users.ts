import { Command, Option } from '@commander-js/extra-typings';
import { type Schemas } from '@gatehouse/client';
import { importUsers } from '../imports/import-users';
import { NONE, count } from '../output/format';
import { type Column } from '../output/table';
import { changeUser } from '../users/change-user';
import { explainUser } from '../users/explain-user';
import { showUser, stateOf, styleOf } from '../users/show-user';
import { type Run, WHO, allOption, limitOption, printList, yesOption } from './command-options';

type User = Schemas['AdminUser'];

const ROLES = ['user', 'developer', 'admin'] as const;
const TIERS = ['free', 'pro', 'enterprise'] as const;

const columns: readonly Column<User>[] = [
  { title: 'ID', text: ({ id }) => id },
  { title: 'CLERK ID', text: ({ clerkUserId }) => clerkUserId ?? 'local' },
  { title: 'NAME', text: ({ fullName }) => fullName || NONE },
  { title: 'E-MAIL', text: ({ email }) => email ?? NONE },
  { title: 'ROLE', text: ({ role }) => role, style: ({ role }) => (role === 'admin' ? 'yellow' : undefined) },
  { title: 'TIER', text: ({ subscription }) => subscription },
  { title: 'STATE', text: stateOf, style: styleOf },
];

/** `gatehouse users`. */
export function usersCommand(run: Run): Command {
  const users = new Command('users').description('find users, see why they are as they are, and change them');
  const path = (id: string) => ({ params: { path: { id } } });

  users
    .command('find')
    .description('list users, newest first')
    .argument('[text]', 'part of a name, beginning of an e-mail address, phone number, or an id')
    .addOption(new Option('--role <role>', 'only with this role').choices(ROLES))
    .addOption(new Option('--tier <tier>', 'only with this tier').choices(TIERS))
    .option('--deleted', 'only deleted users')
    .addOption(limitOption())
    .addOption(allOption())
    .action((text, options) =>
      run((session) => {
        const { role, tier, deleted } = options;
        return printList(session, options, {
          fetch: (limit) =>
            session.gatehouse.list('/admin/users', { params: { query: { q: text, role, tier, deleted, limit } } }),
          columns,
          none: 'No user matches.',
        });
      }),
    );

  users
    .command('show')
    .description('show one user')
    .argument('<user>', WHO)
    .action((id) =>
      run(async (session) => showUser(session, (await session.gatehouse.GET('/admin/users/{id}', path(id))).data)),
    );

  users
    .command('explain')
    .description('tell the story of a user: what was seen at Clerk, what was decided, and why')
    .argument('<user>', WHO)
    .action((id) => run((session) => explainUser(session, id)));

  users
    .command('sync')
    .description('fetch a user from Clerk now, and apply it')
    .argument('<user>', WHO)
    .action((id) =>
      run(async ({ gatehouse, output }) => {
        const { data } = await gatehouse.POST('/admin/users/{id}/sync', path(id));
        output.record(data, [
          ['Result', data.result],
          ['Why', data.reason],
          ['User', data.user?.id ?? NONE],
          ['Version', count(data.user?.version)],
        ]);
      }),
    );

  users
    .command('role')
    .description('set the role of a user; needs a session token, because API keys may not')
    .argument('<user>', WHO)
    .argument('<role>', ROLES.join(', '))
    .addOption(yesOption())
    .action((id, role, options) =>
      run((session) =>
        changeUser(session, id, {
          question: `Set the role to ${role}?`,
          ...options,
          // The gateway checks the role, and names what is allowed.
          send: (user) =>
            session.gatehouse.PUT('/admin/users/{id}/role', { ...path(user), body: { role: role as Schemas['Role'] } }),
        }),
      ),
    );

  users
    .command('tier')
    .description('set the tier of a user')
    .argument('<user>', WHO)
    .argument('<tier>', TIERS.join(', '))
    .addOption(yesOption())
    .action((id, tier, options) =>
      run((session) =>
        changeUser(session, id, {
          question: `Set the tier to ${tier}?`,
          ...options,
          send: (user) =>
            session.gatehouse.PUT('/admin/users/{id}/tier', { ...path(user), body: { tier: tier as Schemas['Tier'] } }),
        }),
      ),
    );

  users
    .command('deactivate')
    .description('end all rights of a user until it is reactivated')
    .argument('<user>', WHO)
    .addOption(yesOption())
    .action((id, options) =>
      run((session) =>
        changeUser(session, id, {
          question: 'Deactivate this user? Its sessions and API keys stop working at once.',
          ...options,
          send: (user) => session.gatehouse.POST('/admin/users/{id}/deactivate', path(user)),
        }),
      ),
    );

  users
    .command('reactivate')
    .description('give a deactivated user its rights back')
    .argument('<user>', WHO)
    .action((id) =>
      run((session) =>
        changeUser(session, id, {
          send: (user) => session.gatehouse.POST('/admin/users/{id}/reactivate', path(user)),
        }),
      ),
    );

  users
    .command('import')
    .description('upload users from a .csv or .jsonl file, show the plan, and apply it after a confirmation')
    .argument('<file>', 'see docs/how-to/adopt-existing-users.md')
    .option('--continue <id>', 'continue an upload that broke off')
    .option('--dry-run', 'show the plan, and stop')
    .addOption(yesOption())
    .action((file, options) => run((session) => importUsers(session, file, options)));
  return users;
}
