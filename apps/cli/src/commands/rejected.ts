import { Command } from '@commander-js/extra-typings';
import { NONE, count, time } from '../output/format';
import { type Run, allOption, limitOption, moment, printList } from './command-options';

/** `gatehouse rejected`. */
export function rejectedCommand(run: Run): Command {
  return new Command('rejected')
    .description('list deliveries that webhook-ingest rejected, newest first')
    .option('--reason <reason>', 'only for this reason, such as signature_mismatch')
    .option('--webhook-id <id>', 'only with this id of Clerk, msg_…')
    .option('--since <time>', 'since; a time, or how long ago, such as 2h', moment)
    .option('--until <time>', 'before', moment)
    .addOption(limitOption())
    .addOption(allOption())
    .action((options) =>
      run((session) => {
        const { limit: _limit, all: _all, ...filter } = options;
        return printList(session, options, {
          fetch: (limit) =>
            session.gatehouse.list('/admin/rejected-deliveries', { params: { query: { ...filter, limit } } }),
          columns: [
            { title: 'AT (UTC)', text: ({ at }) => time(at) },
            { title: 'REASON', text: ({ reason }) => reason, style: () => 'red' },
            { title: 'WEBHOOK ID', text: ({ webhookId }) => webhookId ?? NONE },
            { title: 'FROM', text: ({ sourceIp }) => sourceIp ?? NONE },
            { title: 'BYTES', text: ({ bodySize }) => count(bodySize) },
            { title: 'CORRELATION ID', text: ({ correlationId }) => correlationId },
            { title: 'USER AGENT', text: ({ userAgent }) => userAgent ?? NONE },
          ],
          none: 'No such delivery was rejected.',
        });
      }),
    );
}
