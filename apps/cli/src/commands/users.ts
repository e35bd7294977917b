import { Command, Option } from '@commander-js/extra-typings';
import { type Schemas } from '@gatehouse/client';
import { NONE, count, time, yesNo } from '../output/format';
import { type Field } from '../output/output';
import { printable } from '../output/printable';
import { type Column } from '../output/table';
import { type Session } from '../session';
import { type Run, pageSize, positive, some } from './command-options';

type User = Schemas['AdminUser'];
type Step = Schemas['UserExplanation']['steps'][number];

const ROLES = ['user', 'developer', 'admin'] as const;
const TIERS = ['free', 'pro', 'enterprise'] as const;
const WHO = 'id, Clerk id (user_…), e-mail address or phone number';

const columns: readonly Column<User>[] = [
  { title: 'ID', text: ({ id }) => id },
  { title: 'CLERK ID', text: ({ clerkUserId }) => clerkUserId ?? 'local' },
  { title: 'NAME', text: ({ fullName }) => fullName || NONE },
  { title: 'E-MAIL', text: ({ email }) => email ?? NONE },
  { title: 'ROLE', text: ({ role }) => role, style: ({ role }) => (role === 'admin' ? 'yellow' : undefined) },
  { title: 'TIER', text: ({ subscription }) => subscription },
  { title: 'STATE', text: stateOf, style: (user) => (stateOf(user) === 'active' ? 'green' : 'red') },
];

const stepColumns: readonly Column<Step>[] = [
  { title: 'AT (UTC)', text: ({ at }) => time(at) },
  { title: 'SOURCE', text: ({ source }) => source },
  { title: 'EVENT', text: ({ eventType }) => eventType },
  { title: 'DECISION', text: ({ decision }) => decision },
  { title: 'WHY', text: ({ reason }) => reason },
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
    .option('--limit <n>', 'at most so many; default: 20', positive)
    .option('--all', 'all of them')
    .action((text, options) =>
      run(async (session) => {
        const { role, tier, deleted } = options;
        const filter = {
          ...(text && { q: text }),
          ...(role && { role }),
          ...(tier && { tier }),
          ...(deleted && { deleted }),
        };
        const query = { limit: pageSize(options), ...filter };
        const list = session.gatehouse.list('/admin/users', { params: { query } });
        await session.output.entries(some(list, options, session), columns, 'No user matches.');
      }),
    );

  users
    .command('show')
    .description('show one user')
    .argument('<user>', WHO)
    .action((id) =>
      run(async ({ gatehouse, output }) => {
        const { data } = await gatehouse.GET('/admin/users/{id}', path(id));
        output.record(data, userFields(data));
      }),
    );

  users
    .command('explain')
    .description('tell the story of a user: what was seen at Clerk, what was decided, and why')
    .argument('<user>', WHO)
    .action((id) => run((session) => explain(session, id)));

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
    .option('-y, --yes', 'do not ask')
    .action((id, role, options) =>
      run(async (session) => {
        const named = await confirmFor(session, id, `Set the role to ${role}?`, options);
        // The gateway checks the role, and names what is allowed.
        const body = { role: role as (typeof ROLES)[number] };
        showChange(session, (await session.gatehouse.PUT('/admin/users/{id}/role', { ...path(named), body })).data);
      }),
    );

  users
    .command('tier')
    .description('set the tier of a user')
    .argument('<user>', WHO)
    .argument('<tier>', TIERS.join(', '))
    .option('-y, --yes', 'do not ask')
    .action((id, tier, options) =>
      run(async (session) => {
        const named = await confirmFor(session, id, `Set the tier to ${tier}?`, options);
        const body = { tier: tier as (typeof TIERS)[number] };
        showChange(session, (await session.gatehouse.PUT('/admin/users/{id}/tier', { ...path(named), body })).data);
      }),
    );

  users
    .command('deactivate')
    .description('end all rights of a user until it is reactivated')
    .argument('<user>', WHO)
    .option('-y, --yes', 'do not ask')
    .action((id, options) =>
      run(async (session) => {
        const question = 'Deactivate this user? Its sessions and API keys stop working at once.';
        const named = await confirmFor(session, id, question, options);
        showChange(session, (await session.gatehouse.POST('/admin/users/{id}/deactivate', path(named))).data);
      }),
    );

  users
    .command('reactivate')
    .description('give a deactivated user its rights back')
    .argument('<user>', WHO)
    .action((id) =>
      run(async (session) =>
        showChange(session, (await session.gatehouse.POST('/admin/users/{id}/reactivate', path(id))).data),
      ),
    );
  return users;
}

function stateOf({ isActive, deletedAt, clerkBanned }: User): string {
  if (deletedAt !== null) return 'deleted';
  if (!isActive) return 'deactivated';
  return clerkBanned ? 'banned' : 'active';
}

function userFields(user: User): Field[] {
  return [
    ['Id', user.id],
    ['Clerk id', user.clerkUserId ?? 'local user'],
    ['Name', user.fullName || NONE],
    ['E-mail', user.email === null ? NONE : `${user.email} (${user.emailVerified ? 'verified' : 'unverified'})`],
    [
      'Phone',
      user.phoneNumber === null ? NONE : `${user.phoneNumber} (${user.phoneVerified ? 'verified' : 'unverified'})`,
    ],
    ['Role', user.role],
    ['Tier', user.subscription],
    ['State', stateOf(user), stateOf(user) === 'active' ? 'green' : 'red'],
    ['Banned at Clerk', yesNo(user.clerkBanned)],
    ['Locked at Clerk', yesNo(user.clerkLocked)],
    ['Version', count(user.version)],
    ['Created', time(user.createdAt)],
    ['Changed', time(user.updatedAt)],
    ['Last sign-in', time(user.lastLoginAt)],
    ['Deleted', time(user.deletedAt)],
  ];
}

/**
 * Shows who is meant before asking, because a person can be named in four ways.
 * @returns what to name the user by: its id, because an address can pass to somebody else while the question is shown
 */
async function confirmFor(
  session: Session,
  id: string,
  question: string,
  options: { readonly yes?: true | undefined },
): Promise<string> {
  if (options.yes === true) return id;
  const { data } = await session.gatehouse.GET('/admin/users/{id}', { params: { path: { id } } });
  session.io.stderr.write(
    `${printable(`${data.fullName || NONE}  ${data.email ?? NONE}  ${data.role}  ${data.subscription}  ${data.id}`)}\n`,
  );
  await session.confirm(question, options);
  return data.id;
}

function showChange({ output }: Session, change: Schemas['ChangedUser']): void {
  const { user, propagation } = change;
  const reached =
    propagation === null
      ? 'nothing has changed'
      : `${propagation.acknowledged + propagation.expired} of ${propagation.gateways} gateways apply it`;
  output.record(change, [
    ['User', user.id],
    ['Role', user.role],
    ['Tier', user.subscription],
    ['State', stateOf(user), stateOf(user) === 'active' ? 'green' : 'red'],
    ['In force', reached],
  ]);
}

async function explain({ gatehouse, output }: Session, id: string): Promise<void> {
  const { data } = await gatehouse.GET('/admin/users/{id}/explain', {
    params: { path: { id }, query: { limit: 100 } },
  });
  const { atClerk } = data;
  const standing =
    atClerk && ['banned', 'locked', 'deprovisioned'].filter((name) => atClerk[name as 'banned']).join(', ');
  output.record(data, [
    ['User', data.userId ?? NONE],
    ['Clerk id', data.clerkUserId ?? NONE],
    ['State', data.state],
    ['Version', count(data.version)],
    ['At Clerk', standing === null ? NONE : standing || 'in order'],
    ['Deleted', time(data.deletedAt)],
    [
      'Last seen by a run',
      data.lastSighting === null ? NONE : `${time(data.lastSighting.at)}, ${data.lastSighting.decision}`,
    ],
    [
      'Write-back',
      data.writeBack === null ? NONE : `${data.writeBack.state} ${data.writeBack.error?.code ?? ''}`.trim(),
    ],
    ['Conflicts', count(data.conflicts.filter(({ resolvedAt }) => resolvedAt === null).length)],
  ]);
  if (output.json) return;
  output.line();
  await output.entries(data.steps, stepColumns, 'Nothing was observed of this user yet.');
}
