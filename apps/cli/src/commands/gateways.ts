import { Command } from '@commander-js/extra-typings';
import { count, time } from '../output/format';
import { type Run } from './command-options';

/** `gatehouse gateways`. */
export function gatewaysCommand(run: Run): Command {
  return new Command('gateways')
    .description('list the gateways, and whether each knows the last change of trust')
    .action(() =>
      run(async ({ gatehouse, output }) => {
        const { data } = await gatehouse.GET('/admin/gateways');
        await output.entries(
          data.items,
          [
            { title: 'ID', text: ({ id }) => id },
            {
              title: 'LEASE',
              text: ({ live }) => (live ? 'live' : 'ended'),
              style: ({ live }) => (live ? 'green' : 'dim'),
            },
            { title: 'UNTIL (UTC)', text: ({ leaseExpiresAt }) => time(leaseExpiresAt) },
            { title: 'KNOWS', text: ({ acknowledged }) => `${count(acknowledged)} of ${count(data.current)}` },
          ],
          'No gateway has a lease: none runs, or none reaches user-sync.',
        );
      }),
    );
}
