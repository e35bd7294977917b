import { Command } from '@commander-js/extra-typings';
import { UsageError } from '../errors';
import { NONE, count, time } from '../output/format';
import { type Run } from './command-options';

/** `gatehouse gate`. */
export function gateCommand(run: Run): Command {
  const gate = new Command('gate').description('the gate policy that the gateway uses');
  gate
    .command('show')
    .description('show which policy is in use, and why a newer one is not')
    .action(() =>
      run(async ({ gatehouse, output }) => {
        const { data } = await gatehouse.GET('/admin/gate');
        output.record(data, [
          ['Policy', data.sha256 === null ? 'none' : `SHA-256 ${data.sha256}`],
          ['In use since', time(data.loadedAt)],
          ['Routes', `${data.routes.public} public, ${data.routes.user} for users, ${data.routes.admin} for admins`],
          ['Upstreams', data.upstreams.join(', ') || NONE],
          ['Scopes', data.scopes.join(', ') || NONE],
          data.rejected === null
            ? ['Rejected', NONE]
            : ['Rejected', `since ${time(data.rejected.since)}: ${data.rejected.problem}`, 'red'],
        ]);
      }),
    );
  gate
    .command('explain')
    .description('tell which route decides on a request, and why each earlier one does not')
    .argument('<method>', 'such as GET')
    .argument('<url>', 'such as https://app.example.com/orders/1')
    .action((method, url) =>
      run(async ({ gatehouse, output }) => {
        // Not by the class URL, which resolves dot segments.
        const [, host, path] = /^https?:\/\/([^/?#]+)([^#]*)$/i.exec(url) ?? [];
        if (host === undefined)
          throw new UsageError('<url> must be a whole one, such as https://app.example.com/orders/1.');
        const query = { method: method.toUpperCase(), host, path: path || '/' };
        const { data } = await gatehouse.GET('/admin/gate/explain', { params: { query } });
        output.record(data, [
          ['Outcome', data.outcome, data.outcome === 'route' ? 'green' : 'yellow'],
          ['Why', data.detail],
          [
            'Route',
            data.route === null ? NONE : `${count(data.route.index)}: ${data.route.host ?? '*'} ${data.route.path}`,
          ],
          ['Access', data.route?.access ?? NONE],
          ['Upstream', data.route?.upstream ?? NONE],
          ['Credentials', data.route?.credentials.join(', ') ?? NONE],
        ]);
      }),
    );
  return gate;
}
