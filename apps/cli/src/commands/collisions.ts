import { Command, Option } from '@commander-js/extra-typings';
import { type Schemas } from '@gatehouse/client';
import { UsageError } from '../errors';
import { NONE, count, time } from '../output/format';
import { type Column } from '../output/table';
import { type Session } from '../session';
import { type Run, allOption, limitOption, printList, yesOption } from './command-options';

const STATES = ['open', 'taking', 'left', 'taken', 'gone'] as const;

const columns: readonly Column<Schemas['MetadataCollision']>[] = [
  { title: 'SINCE (UTC)', text: ({ detectedAt }) => time(detectedAt) },
  { title: 'STATE', text: ({ state }) => state },
  { title: 'KEY', text: ({ key }) => key },
  { title: 'AT CLERK', text: ({ clerkValue }) => clerkValue ?? NONE },
  { title: 'OURS', text: ({ ourValue }) => ourValue ?? NONE },
  { title: 'CLERK USER', text: ({ clerkUserId }) => clerkUserId ?? NONE },
  { title: 'ID', text: ({ id }) => id },
];

interface DecideOptions {
  readonly key?: string | undefined;
  readonly dryRun?: true | undefined;
  readonly yes?: true | undefined;
}

/** `gatehouse collisions`. */
export function collisionsCommand(run: Run): Command {
  const collisions = new Command('collisions').description(
    'values of others in publicMetadata, at keys that Gatehouse writes',
  );
  collisions
    .command('list')
    .description('list collisions')
    .addOption(new Option('--state <state>', STATES.join(', ')).choices(STATES).default('open' as const))
    .option('--key <key>', 'only at this key, such as role')
    .addOption(limitOption())
    .addOption(allOption())
    .action((options) =>
      run((session) => {
        const { state, key } = options;
        return printList(session, options, {
          fetch: (limit) =>
            session.gatehouse.list('/admin/metadata-collisions', { params: { query: { state, key, limit } } }),
          columns,
          none: `There are no ${state} collisions.`,
        });
      }),
    );
  for (const [verb, description] of [
    ['take', 'overwrite the values at Clerk with ours'],
    ['leave', 'keep the values at Clerk'],
  ] as const) {
    collisions
      .command(verb)
      .description(description)
      .argument('[ids...]', 'collisions; without one, all open ones at --key')
      .option('--key <key>', 'all open collisions at this key')
      .option('--dry-run', 'count them, and stop')
      .addOption(yesOption())
      .action((ids, options) => run((session) => decide(session, verb, ids, options)));
  }
  return collisions;
}

async function decide(
  session: Session,
  verb: 'take' | 'leave',
  ids: readonly string[],
  options: DecideOptions,
): Promise<void> {
  const { key, dryRun } = options;
  if (ids.length > 0 === (key !== undefined)) throw new UsageError('Which collisions? Name their ids, or give --key.');
  const selection = ids.length > 0 ? { ids: [...ids] } : { filter: { key: key ?? '' } };
  const call = async (asDryRun: boolean) => {
    const { data } = await session.gatehouse.POST(`/admin/metadata-collisions/${verb}`, {
      body: { ...selection, ...(asDryRun && { dryRun: true }) },
    });
    return data;
  };
  if (dryRun === true || options.yes !== true) {
    const plan = await call(true);
    if (dryRun === true) return show(session, plan);
    const whose = verb === 'take' ? 'Overwrite the values at Clerk of' : 'Keep the values at Clerk of';
    await session.confirm(`${whose} ${count(plan.matched)} collisions?`, options);
  }
  const first = await call(false);
  let [last, decided] = [first, first.decided];
  // One request decides a part of many.
  while (last.remaining > 0 && last.decided > 0) {
    last = await call(false);
    decided += last.decided;
  }
  show(session, { ...last, matched: first.matched, decided });
}

function show({ output }: Session, result: Schemas['DecidedMetadataCollisions']): void {
  output.record(result, [
    ['Matched', count(result.matched)],
    ['Decided', count(result.decided)],
    ['Remaining', count(result.remaining)],
  ]);
}
