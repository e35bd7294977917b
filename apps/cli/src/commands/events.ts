import { Command, Option } from '@commander-js/extra-typings';
import { type Schemas } from '@gatehouse/client';
import { eventStatuses, styleOf } from '../events/event-status';
import { followEvents } from '../events/follow-events';
import { redrive, redriveOne } from '../events/redrive';
import { NONE, time } from '../output/format';
import { type Column } from '../output/table';
import { type Run, WHO, allOption, limitOption, moment, printList, yesOption } from './command-options';

type Event = Schemas['WebhookEvent'];

const columns: readonly Column<Event>[] = [
  { title: 'RECEIVED (UTC)', text: ({ createdAt }) => time(createdAt) },
  { title: 'STATUS', text: ({ status }) => status, style: styleOf },
  { title: 'TYPE', text: ({ eventType }) => eventType },
  { title: 'CLERK USER', text: ({ clerkUserId }) => clerkUserId ?? NONE },
  { title: 'TRIES', text: ({ retryCount, maxRetries }) => `${retryCount}/${maxRetries}` },
  { title: 'ID', text: ({ id }) => id },
  { title: 'ERROR', text: ({ errorMessage }) => errorMessage ?? '' },
];

/** `gatehouse events`. */
export function eventsCommand(run: Run): Command {
  const events = new Command('events').description('webhook events: what Clerk sent, and what became of it');
  const status = () => new Option('--status <status>', 'only events with this status').choices(eventStatuses);

  events
    .command('list')
    .description('list events, newest first')
    .addOption(status())
    .option('--type <type>', 'only this type, such as user.updated')
    .option('--user <user>', `only of this user: ${WHO}`)
    .option('--webhook-id <id>', 'only with this id of Clerk, msg_…')
    .option('--correlation-id <id>', 'only with this id of our logs')
    .option('--error-code <code>', 'only those that failed with this code')
    .option('--dead', 'only those that have failed and are not retried any more')
    .option('--since <time>', 'received since; a time, or how long ago, such as 2h', moment)
    .option('--until <time>', 'received before', moment)
    .addOption(limitOption())
    .addOption(allOption())
    .action((options) =>
      run((session) => {
        const { limit: _limit, all: _all, ...filter } = options;
        return printList(session, options, {
          fetch: (limit) =>
            session.gatehouse.list('/admin/webhook-events', { params: { query: { ...filter, limit } } }),
          columns,
          none: 'There are no such events.',
        });
      }),
    );

  events
    .command('show')
    .description('show one event, with its payload and error')
    .argument('<id>', 'its id, or its webhook id (msg_…)')
    .action((id) =>
      run(async ({ gatehouse, output }) => {
        const { data: event } = await gatehouse.GET('/admin/webhook-events/{id}', { params: { path: { id } } });
        output.record(event, [
          ['Id', event.id],
          ['Webhook id', event.webhookId],
          ['Type', event.eventType],
          ['Status', event.status, styleOf(event)],
          ['Clerk user', event.clerkUserId ?? NONE],
          ['Happened', time(event.occurredAt)],
          ['Received', time(event.createdAt)],
          ['Published', time(event.publishedAt)],
          ['Applied', time(event.processedAt)],
          ['Tries', `${event.retryCount} of ${event.maxRetries}`],
          ['Next try', time(event.nextRetryAt)],
          ['Error', event.errorMessage ?? NONE],
          ['Correlation id', event.correlationId],
          ['From', event.sourceIp ?? NONE],
        ]);
        for (const [title, value] of [
          ['Error details', event.errorDetails],
          ['Result', event.processedData],
          ['Payload', event.payload],
        ] as const) {
          if (value == null) continue;
          output.line();
          output.line(title, 'bold');
          for (const line of JSON.stringify(value, null, 2).split('\n')) output.line(line);
        }
      }),
    );

  events
    .command('tail')
    .description('print events and their outcomes as they happen, until Ctrl-C')
    .addOption(status())
    .option('--type <type>', 'only this type')
    .option('--user <user>', 'only of this user')
    .action((options) => run((session) => followEvents(session, options)));

  events
    .command('redrive')
    .description('have failed or ignored events applied again; first shows which')
    .argument('[id]', 'one event; without it, all that the options select')
    .addOption(new Option('--status <status>', 'default: failed').choices(['failed', 'ignored'] as const))
    .option('--type <type>', 'only this type')
    .option('--error-code <code>', 'only events that failed with this code')
    .option('--decision <decision>', 'ignored events that were decided so, such as foreign')
    .option('--user <user>', 'only of this user')
    .option('--since <time>', 'received since; a time, or how long ago, such as 2h', moment)
    .option('--until <time>', 'received before', moment)
    .option('--dry-run', 'show what would be redriven, and stop')
    .addOption(yesOption())
    .action((id, options) =>
      run((session) => (id === undefined ? redrive(session, options) : redriveOne(session, id, options))),
    );
  return events;
}
