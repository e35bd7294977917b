import { Command, Option } from '@commander-js/extra-typings';
import { approveImport } from '../imports/import-users';
import { importColumns, rowColumns, showImport, watchImport } from '../imports/watch-import';
import { type Run, allOption, limitOption, positive, printList, yesOption } from './command-options';

const ACTIONS = ['create', 'link', 'update', 'unchanged', 'conflict', 'invalid'] as const;
const OUTCOMES = ['applied', 'stale', 'failed'] as const;
const REVERSALS = ['restored', 'partial', 'left'] as const;

/** `gatehouse imports`. */
export function importsCommand(run: Run): Command {
  const imports = new Command('imports').description(
    'imports of users: plans, progress, undo (users import begins one)',
  );
  const path = (id: string) => ({ params: { path: { id } } });

  imports
    .command('list')
    .description('list the last imports, newest first')
    .option('--limit <n>', 'at most so many; default: 10', positive, 10)
    .action(({ limit }) =>
      run(async ({ gatehouse, output }) => {
        const { data } = await gatehouse.GET('/admin/users/import', { params: { query: { limit } } });
        await output.entries(data.items, importColumns, 'There was no import yet: gatehouse users import FILE');
      }),
    );

  imports
    .command('watch')
    .description('show the progress of an import until it ends or waits for an approval')
    .argument('<id>', 'the import')
    .action((id) => run(async (session) => showImport(session, await watchImport(session, id))));

  imports
    .command('rows')
    .description('list the rows of an import: what is planned, why, and what became of it')
    .argument('<id>', 'the import')
    .addOption(new Option('--action <action>', 'only with this plan').choices(ACTIONS))
    .addOption(new Option('--outcome <outcome>', 'only with this outcome').choices(OUTCOMES))
    .addOption(new Option('--reversal <reversal>', 'only with this result of an undo').choices(REVERSALS))
    .addOption(limitOption())
    .addOption(allOption())
    .action((id, options) =>
      run((session) => {
        const { action, outcome, reversal } = options;
        return printList(session, options, {
          fetch: (limit) =>
            session.gatehouse.list('/admin/users/import/{id}/rows', {
              params: { path: { id }, query: { action, outcome, reversal, limit } },
            }),
          columns: rowColumns,
          none: 'There are no such rows.',
        });
      }),
    );

  imports
    .command('approve')
    .description('apply a plan; needs a session token, because API keys may not')
    .argument('<id>', 'the import')
    .addOption(yesOption())
    .action((id, options) =>
      run(async (session) => {
        const { data } = await session.gatehouse.GET('/admin/users/import/{id}', path(id));
        await approveImport(session, data, options);
      }),
    );

  imports
    .command('undo')
    .description('undo an import where nobody has changed its users since; needs a session token')
    .argument('<id>', 'the import')
    .addOption(yesOption())
    .action((id, options) =>
      run(async (session) => {
        await session.confirm(`Undo the import ${id}? Users that it has created are deleted.`, options);
        await session.gatehouse.POST('/admin/users/import/{id}/undo', path(id));
        showImport(session, await watchImport(session, id));
      }),
    );

  imports
    .command('discard')
    .description('discard an upload, or a plan that was not approved')
    .argument('<id>', 'the import')
    .action((id) =>
      run(async (session) => {
        const { data } = await session.gatehouse.DELETE('/admin/users/import/{id}', path(id));
        showImport(session, data);
      }),
    );
  return imports;
}
