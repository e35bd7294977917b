import { clerkPayload, eventually } from '@gatehouse/testing';
import { stack } from './shared-stack';

interface Event {
  [field: string]: unknown;
  data: Record<string, unknown>;
}

const template = clerkPayload<Event & { instance_id: string }>('user.created');
const MIB = 1024 * 1024;

let sent = 0;

/** A `user.created` of a new user, with the given fields of its data replaced. */
function created(data: Record<string, unknown> = {}, event: Record<string, unknown> = {}): string {
  sent += 1;
  const own = {
    id: `user_bad${sent}`,
    email_addresses: [],
    phone_numbers: [],
    primary_email_address_id: null,
    primary_phone_number_id: null,
  };
  return JSON.stringify({ ...template, data: { ...template.data, ...own, ...data }, ...event });
}

const without = (field: string): string => {
  const event = JSON.parse(created()) as Event;
  delete event.data[field];
  return JSON.stringify(event);
};

/** Sends a body and waits for its final status in the ledger. */
async function wayOf(body: string) {
  const webhookId = `msg_bad_${(sent += 1)}`;
  const response = await stack.deliver(webhookId, body);
  expect(response.status).toBe(200);
  const row = await stack.settled(webhookId);
  const applied = await stack.users.query('SELECT FROM applied_events WHERE webhook_id = $1', [webhookId]);
  const users = await stack.users.query<Record<string, unknown>>('SELECT * FROM users WHERE clerk_user_id = $1', [
    row.clerk_user_id,
  ]);
  return { row, applied: applied.rowCount, user: users.rows[0] };
}

describe('an event with unusual data is accepted, and the user is stored', () => {
  it.each<[string, () => string, Record<string, unknown>]>([
    ['without addresses', () => created(), { email: null, phone_number: null, is_active: true }],
    [
      'without names',
      () => created({ first_name: null, last_name: null, username: null }),
      { first_name: null, last_name: null, full_name: 'User' },
    ],
    [
      'with a NUL and a lone surrogate in its names, replaced',
      () => created({ first_name: 'A\u0000da', last_name: 'X' }).replace('"X"', '"L\\ud800l"'),
      { first_name: 'A\uFFFDda', last_name: 'L\uFFFDl' },
    ],
    [
      'with a time in seconds, scaled',
      () => created({ updated_at: 1_790_000_002 }),
      { clerk_updated_at: '1790000002000' },
    ],
    [
      'with 10 000 levels of metadata',
      () => created({ unsafe_metadata: 0 }).replace('"unsafe_metadata":0', `"unsafe_metadata":${nested(10_000)}`),
      { full_name: 'Ada Example' },
    ],
    [
      'with fields that are inherited property names, which change nothing',
      () => created({ x: 1 }).replace('"x":1', '"__proto__":{"banned":true},"constructor":{"prototype":{}}'),
      { clerk_banned: false, full_name: 'Ada Example' },
    ],
    [
      'in an event of exactly 1 MiB',
      () => {
        const event = created({}, { filler: '' });
        return event.replace('"filler":""', `"filler":"${'x'.repeat(MIB - Buffer.byteLength(event))}"`);
      },
      { full_name: 'Ada Example' },
    ],
  ])('%s', async (_what, body, expected) => {
    const { row, applied, user } = await wayOf(body());
    expect(row).toMatchObject({ status: 'success', retry_count: 0 });
    expect(applied).toBe(1);
    expect({ ...user, clerk_updated_at: millis(user?.clerk_updated_at) }).toMatchObject(expected);
  });
});

describe('an event ends dead at once, with the field and without its value, when it has', () => {
  it.each<[string, () => string, string]>([
    ['no id', () => without('id'), 'data.id'],
    ['an id with a space', () => created({ id: 'user_hunter2 x' }), 'data.id'],
    ['an id with a path', () => created({ id: 'user_../hunter2' }), 'data.id'],
    ['an id with a wildcard', () => created({ id: 'user_hunter2.>' }), 'data.id'],
    ['an id with a NUL', () => created({ id: 'user_hunter2\u0000' }), 'data.id'],
    ['an id that is not ASCII', () => created({ id: 'user_hünter2' }), 'data.id'],
    ['an id that is a number', () => created({ id: 7 }), 'data.id'],
    ['a very long id', () => created({ id: `user_${'a'.repeat(5_000)}` }), 'data.id'],
    ['no updated_at', () => without('updated_at'), 'data.updated_at'],
    [
      'an infinite time',
      () => created({ updated_at: 0 }).replace(/"updated_at":0/, '"updated_at":1e400'),
      'data.updated_at',
    ],
    ['a text as time', () => created({ updated_at: 'hunter2' }), 'data.updated_at'],
    ['no data', () => JSON.stringify({ ...template, data: undefined }), 'data'],
    ['a list as data', () => JSON.stringify({ ...template, data: ['hunter2'] }), 'data'],
    ['10 000 levels as data', () => created({}, { data: 0 }).replace('"data":0', `"data":${nested(10_000)}`), 'data.'],
  ])('%s', async (_what, body, field) => {
    const before = await stack.users.query<{ n: string }>('SELECT count(*) AS n FROM users');
    const { row, applied } = await wayOf(body());
    expect(row).toMatchObject({
      status: 'failed',
      next_retry_at: null,
      retry_count: 0,
      error_details: { kind: 'validation', code: 'EVENT_INVALID', retryable: false },
    });
    expect(row.error_message).toContain(field);
    expect(JSON.stringify([row.error_message, row.error_details])).not.toMatch(/h[uü]nter2/);
    expect(applied).toBe(0);
    expect((await stack.users.query('SELECT count(*) AS n FROM users')).rows).toEqual(before.rows);
  });
});

describe('a signed event is accepted, recorded with the reason and not published when its body is', () => {
  it.each<[string, () => string, string]>([
    ['not JSON', () => 'hunter2', 'unparseable'],
    ['a text', () => '"hunter2"', 'not-an-event'],
    ['an infinite number', () => '1e400', 'not-an-event'],
    ['a list', () => '[]', 'not-an-event'],
    ['10 000 levels of lists', () => '['.repeat(10_000) + ']'.repeat(10_000), 'not-an-event'],
    ['of an unknown type', () => created({}, { type: 'user.createdd' }), 'unhandled-type'],
    ['of a type that is an inherited property name', () => created({}, { type: '__proto__' }), 'unhandled-type'],
  ])('%s', async (_what, body, decision) => {
    const { row, applied } = await wayOf(body());
    expect(row).toMatchObject({ status: 'ignored', publish_number: 0, processed_data: { decision } });
    expect(applied).toBe(0);
  });
});

it('an event of another Clerk instance is published, and user-sync ignores it as foreign', async () => {
  const { row, applied } = await wayOf(created({}, { instance_id: 'ins_other' }));
  expect(row).toMatchObject({ status: 'ignored', publish_number: 1, processed_data: { decision: 'foreign' } });
  expect(applied).toBe(0);
});

it('a delivery with a wrong secret changes nothing, and the same one with the right secret is applied', async () => {
  const id = `msg_bad_${(sent += 1)}`;
  const body = created();
  const rejected = await stack.deliver(id, body, `whsec_${Buffer.alloc(24, 1).toString('base64')}`);
  expect(rejected.status).toBe(400);
  expect((await stack.ledger.query('SELECT FROM webhook_events WHERE webhook_id = $1', [id])).rowCount).toBe(0);
  expect((await stack.deliver(id, body)).status).toBe(200);
  await eventually(async () => {
    expect((await stack.users.query('SELECT FROM applied_events WHERE webhook_id = $1', [id])).rowCount).toBe(1);
  });
});

function nested(levels: number): string {
  return `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
}

function millis(value: unknown): unknown {
  return value instanceof Date ? String(value.getTime()) : value;
}
