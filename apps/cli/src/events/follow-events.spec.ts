import { type Schemas } from '@gatehouse/client';
import { type Session } from '../session';
import { followEvents } from './follow-events';

type Event = Schemas['WebhookEvent'];

const START = Date.parse('2026-01-05T10:00:00.000Z');
const eventOf = (number: number, status: Event['status'] = 'success') =>
  ({
    ...{ id: `e${number}`, status, retryCount: 0, eventType: 'user.updated', clerkUserId: null, errorMessage: null },
    createdAt: new Date(START + number).toISOString(),
  }) as Event;

/** A gateway with a ledger, newest event first, and what the command prints of it. */
function begin(count: number, status: Event['status'] = 'success') {
  const ledger = Array.from({ length: count }, (_, number) => eventOf(number, status));
  const printed: string[] = [];
  const interrupt = new AbortController();
  let looks = 0;
  async function* pages(_path: string, { params }: { params: { query: { limit: number; since?: string } } }) {
    looks += 1;
    const { limit, since = '' } = params.query;
    const rows = [...ledger].reverse().filter(({ createdAt }) => createdAt >= since);
    for (let at = 0; at === 0 || at < rows.length; at += limit) {
      interrupt.signal.throwIfAborted();
      yield { items: rows.slice(at, at + limit) };
    }
  }
  const session = {
    gatehouse: { pages },
    connection: { url: 'https://api.example.com' },
    output: {
      json: true,
      note: () => undefined,
      value: ({ id, status: now }: Event) => void printed.push(`${id} ${now}`),
    },
    io: { signal: interrupt.signal },
  } as unknown as Session;
  const ended = followEvents(session, {});
  const looked = async (times: number) => {
    const until = looks + times;
    while (looks < until) await new Promise((resolve) => setTimeout(resolve, 20));
    // The last look prints what it has found.
    await new Promise((resolve) => setTimeout(resolve, 100));
  };
  return { ledger, printed, interrupt, ended, looked };
}

describe('following events', () => {
  it('prints a new event, and none of the thousands before it', async () => {
    const { ledger, printed, interrupt, ended, looked } = begin(2_500);
    await looked(1);
    ledger.push(eventOf(2_500));
    await looked(2);
    interrupt.abort();
    await ended;
    expect(printed).toEqual(['e2500 success']);
  });

  it('prints the outcome of an event that newer ones have moved off the first page', async () => {
    const { ledger, printed, interrupt, ended, looked } = begin(1, 'pending');
    await looked(1);
    ledger.push(...Array.from({ length: 150 }, (_, number) => eventOf(number + 1, 'pending')));
    await looked(1);
    ledger[1] = eventOf(1, 'failed');
    await looked(2);
    interrupt.abort();
    await ended;
    expect(printed).toHaveLength(151);
    expect(printed.at(-1)).toBe('e1 failed');
  });

  it('ends without an error when it is interrupted during a request', async () => {
    const { interrupt, ended, looked } = begin(0);
    await looked(1);
    interrupt.abort();
    await expect(ended).resolves.toBeUndefined();
  });
});
