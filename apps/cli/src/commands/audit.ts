import { Command, Option } from '@commander-js/extra-typings';
import { NONE, time } from '../output/format';
import { type Run, allOption, limitOption, moment, printList } from './command-options';

/** `gatehouse audit`. */
export function auditCommand(run: Run): Command {
  return new Command('audit')
    .description('list who did what, newest first')
    .option('--user <user>', 'what a user did, and what was done to it')
    .option('--credential <id>', 'what was done with one API key or session')
    .option('--since <time>', 'since; a time, or how long ago, such as 2h', moment)
    .option('--until <time>', 'before', moment)
    .addOption(new Option('--service <service>', 'whose log').choices(['user-sync', 'user-data'] as const))
    .addOption(limitOption())
    .addOption(allOption())
    .action((options) =>
      run((session) => {
        const { limit: _limit, all: _all, user, credential, ...filter } = options;
        return printList(session, options, {
          fetch: (limit) =>
            session.gatehouse.list('/admin/audit', {
              params: { query: { ...filter, userId: user, credentialId: credential, limit } },
            }),
          columns: [
            { title: 'AT (UTC)', text: ({ at }) => time(at) },
            { title: 'ACTION', text: ({ action }) => action },
            { title: 'OUTCOME', text: ({ outcome, reason }) => (reason === null ? outcome : `${outcome}: ${reason}`) },
            { title: 'BY', text: ({ actorUserId, method }) => `${actorUserId ?? NONE} ${method ?? ''}`.trim() },
            { title: 'USER', text: ({ userId, subject }) => userId ?? subject ?? NONE },
            { title: 'FROM', text: ({ sourceIp }) => sourceIp ?? NONE },
            { title: 'REQUEST', text: ({ requestId }) => requestId },
          ],
          none: 'There are no such entries.',
        });
      }),
    );
}
