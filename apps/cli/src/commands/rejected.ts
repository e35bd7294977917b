import { Command } from '@commander-js/extra-typings';
import { NONE, count, time } from '../output/format';
import { type Run, moment, pageSize, positive, some } from './command-options';

/** `gatehouse rejected`. */
export function rejectedCommand(run: Run): Command {
  return new Command('rejected')
    .description('list deliveries that webhook-ingest rejected, newest first')
    .option('--reason <reason>', 'only for this reason, such as signature_mismatch')
    .option('--webhook-id <id>', 'only with this id of Clerk, msg_…')
    .option('--since <time>', 'since; a time, or how long ago, such as 2h', moment)
    .option('--until <time>', 'before', moment)
    .option('--limit <n>', 'at most so many; default: 20', positive)
    .option('--all', 'all of them')
    .action((options) =>
      run(async (session) => {
        const { limit: _limit, all: _all, ...filter } = options;
        const query = { limit: pageSize(options), ...filter };
        const list = session.gatehouse.list('/admin/rejected-deliveries', { params: { query } });
        await session.output.entries(
          some(list, options, session),
          [
            { title: 'AT (UTC)', text: ({ at }) => time(at) },
            { title: 'REASON', text: ({ reason }) => reason, style: () => 'red' },
            { title: 'WEBHOOK ID', text: ({ webhookId }) => webhookId ?? NONE },
            { title: 'FROM', text: ({ sourceIp }) => sourceIp ?? NONE },
            { title: 'BYTES', text: ({ bodySize }) => count(bodySize) },
            { title: 'CORRELATION ID', text: ({ correlationId }) => correlationId },
            { title: 'USER AGENT', text: ({ userAgent }) => userAgent ?? NONE },
          ],
          'No such delivery was rejected.',
        );
      }),
    );
}
