import { type Schemas } from '@gatehouse/client';
import { type Session } from '../session';
import { type EventFilter, followEvents } from './follow-events';

type Event = Schemas['WebhookEvent'];

const eventOf = (id: string, status: Event['status']) => ({ id, status }) as Event;

/** Follows a gateway that has these answers, and ends like Ctrl-C with the request after the last one. */
async function follow(answers: readonly Partial<Schemas['WebhookEventTail']>[], filter: EventFilter = {}) {
  const printed: string[] = [];
  const asked: object[] = [];
  const interrupt = new AbortController();
  const session = {
    gatehouse: {
      GET: (_path: string, { params }: { params: { query: object } }) => {
        const answer = answers[asked.push(params.query) - 1];
        if (answer === undefined) interrupt.abort();
        interrupt.signal.throwIfAborted();
        return Promise.resolve({ data: { items: [], more: true, cursor: `c${asked.length}`, ...answer } });
      },
    },
    connection: { url: 'https://api.example.com' },
    output: {
      json: true,
      note: () => undefined,
      value: ({ id, status }: Event) => void printed.push(`${id} ${status}`),
    },
    io: { signal: interrupt.signal },
  } as unknown as Session;
  await followEvents(session, filter);
  return { printed, asked };
}

it('prints what each request returns, and passes its cursor and the filters to the next', async () => {
  const { printed, asked } = await follow(
    [{}, { items: [eventOf('1', 'pending')] }, { items: [eventOf('1', 'success'), eventOf('2', 'pending')] }],
    { type: 'user.updated', user: 'ada@example.com' },
  );
  expect(printed).toEqual(['1 pending', '1 success', '2 pending']);
  const filter = { type: 'user.updated', user: 'ada@example.com' };
  expect(asked).toEqual([filter, ...['c1', 'c2', 'c3'].map((cursor) => ({ ...filter, cursor }))]);
});

it('prints an event only when it has the status that is asked for', async () => {
  const items = [eventOf('1', 'success'), eventOf('2', 'failed')];
  expect((await follow([{}, { items }], { status: 'failed' })).printed).toEqual(['2 failed']);
});
