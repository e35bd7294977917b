import {
  type NatsUser,
  clerkEventsStream,
  clerkOutcomesStream,
  eventsConsumer,
  gatewayRequests,
  outcomesConsumer,
  trustChangesAnnouncement,
} from '@gatehouse/contracts';
import { type Layout, operator } from './layout';

const streamCalls = [clerkEventsStream, clerkOutcomesStream].flatMap(({ name }) =>
  ['INFO', 'CREATE', 'UPDATE'].map((call) => `$JS.API.STREAM.${call}.${name}`),
);

const consumerCalls = (stream: string, durable: string): string[] => [
  `$JS.API.CONSUMER.CREATE.${stream}.${durable}`,
  `$JS.API.CONSUMER.CREATE.${stream}.${durable}.>`,
  `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.${durable}`,
  `$JS.API.CONSUMER.INFO.${stream}.${durable}`,
  `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`,
  `$JS.ACK.${stream}.${durable}.>`,
];

const user = (name: string, publish: readonly string[], subscribe: readonly string[], answers: boolean): NatsUser => ({
  user: name,
  password: name,
  permissions: {
    publish: { allow: publish },
    subscribe: { allow: [...(answers ? [`${name}.>`] : []), `_INBOX.${name}.>`, ...subscribe] },
    allowResponses: answers,
  },
});

/** The layout before accounts: all services in one account, restricted by permissions on subjects. */
export const earlierLayout: Layout = {
  apiPrefix: '$JS.API',
  accounts: [
    {
      name: 'ONE',
      jetStream: true,
      users: [
        operator,
        user(
          'api-gateway',
          gatewayRequests.map(({ subject }) => subject),
          [trustChangesAnnouncement.subject, 'feed.>'],
          false,
        ),
        user(
          'webhook-ingest',
          [
            'clerk.events.>',
            ...streamCalls,
            ...consumerCalls(outcomesConsumer.stream.name, outcomesConsumer.durable),
            `$JS.API.CONSUMER.INFO.${eventsConsumer.stream.name}.${eventsConsumer.durable}`,
            `$JS.API.STREAM.PURGE.${clerkEventsStream.name}`,
            `$JS.API.STREAM.PURGE.${clerkOutcomesStream.name}`,
            `$JS.API.STREAM.MSG.DELETE.${clerkEventsStream.name}`,
          ],
          [],
          true,
        ),
        user(
          'user-sync',
          [
            'clerk.outcomes.>',
            'users.changed.*',
            ...streamCalls,
            ...consumerCalls(eventsConsumer.stream.name, eventsConsumer.durable),
            trustChangesAnnouncement.subject,
          ],
          [],
          true,
        ),
      ],
      exports: [],
      imports: [],
    },
  ],
};
