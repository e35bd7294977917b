import { Command } from '@commander-js/extra-typings';
import { count } from '../output/format';
import { previewUsers, userColumns, usersOf } from '../reconcile/users-of-run';
import { runColumns, showRun, watchRun } from '../reconcile/watch-run';
import { type Run, allOption, limitOption, positive, printList, yesOption } from './command-options';

/** `gatehouse reconcile`. */
export function reconcileCommand(run: Run): Command {
  const reconcile = new Command('reconcile').description('compare all users with Clerk, and repair what differs');

  reconcile
    .command('list')
    .description('list the last runs, newest first')
    .option('--limit <n>', 'at most so many; default: 10', positive, 10)
    .action(({ limit }) =>
      run(async ({ gatehouse, output }) => {
        const { data } = await gatehouse.GET('/admin/reconcile', { params: { query: { limit } } });
        await output.entries(data.items, runColumns, 'There was no run yet: gatehouse reconcile start');
      }),
    );

  reconcile
    .command('start')
    .description('start a run and show its progress; also fills an empty database')
    .option('--detach', 'do not wait for its end')
    .action(({ detach }) =>
      run(async (session) => {
        const { data } = await session.gatehouse.POST('/admin/reconcile');
        if (detach === true) return showRun(session, data);
        await watchRun(session, data.id);
      }),
    );

  reconcile
    .command('watch')
    .description('show the progress of a run until it ends')
    .argument('<id>', 'the run')
    .action((id) => run((session) => watchRun(session, id)));

  reconcile
    .command('users')
    .description('list the users whom an approval of a run would delete, or whom an undo would restore')
    .argument('<id>', 'the run')
    .option('--undoable', 'those whom an undo would restore')
    .addOption(limitOption())
    .addOption(allOption())
    .action((id, options) =>
      run((session) =>
        printList(session, options, {
          fetch: (limit) => usersOf(session, id, options.undoable === true ? 'undoable' : 'absent', limit),
          columns: userColumns,
          none: 'There are none.',
        }),
      ),
    );

  reconcile
    .command('approve')
    .description('delete the users that a stopped run found to be missing at Clerk')
    .argument('<id>', 'the run')
    .addOption(yesOption())
    .action((id, options) =>
      run(async (session) => {
        const { gatehouse } = session;
        const { data: stopped } = await gatehouse.GET('/admin/reconcile/{id}', { params: { path: { id } } });
        if (options.yes !== true) await previewUsers(session, id, 'absent');
        await session.confirm(
          `Delete up to ${count(stopped.absences)} users, each unless Clerk has it after all?`,
          options,
        );
        await gatehouse.POST('/admin/reconcile/{id}/approve', { params: { path: { id } } });
        await watchRun(session, id);
      }),
    );

  reconcile
    .command('undo')
    .description('restore the users that a run has deleted, within 24 hours')
    .argument('<id>', 'the run')
    .addOption(yesOption())
    .action((id, options) =>
      run(async (session) => {
        const { gatehouse, output } = session;
        const { data: done } = await gatehouse.GET('/admin/reconcile/{id}', { params: { path: { id } } });
        if (options.yes !== true) await previewUsers(session, id, 'undoable');
        await session.confirm(`Restore ${count(done.undoable)} users?`, options);
        const { data } = await gatehouse.POST('/admin/reconcile/{id}/undo', { params: { path: { id } } });
        output.record(data, [
          ['Run', data.run.id],
          ['State', data.run.state],
          ['Restored', count(data.restored)],
        ]);
      }),
    );
  return reconcile;
}
