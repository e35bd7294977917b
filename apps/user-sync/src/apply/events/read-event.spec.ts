import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type EventMetadata, encodeEventHeaders, handledEventTypes } from '@gatehouse/contracts';
import { EventInvalidError, MessageUndecodableError } from '../../errors';
import { readEvent } from './read-event';

const fixtures = join(__dirname, '../../../fixtures/clerk');

type Json = Record<string, unknown> & { type: string; data: Record<string, unknown> };

const fixture = (name: string) => JSON.parse(readFileSync(join(fixtures, `${name}.json`), 'utf8')) as Json;

const metadata = (eventType: string): EventMetadata => ({
  webhookId: 'msg_1',
  eventType,
  attempt: 2,
  publishNumber: 3,
  receivedAt: 4,
  correlationId: 'c1',
});

function read(body: unknown, options: { type?: string; instanceId?: string; headers?: Record<string, string> } = {}) {
  const type = options.type ?? (body as Json).type;
  const headers = options.headers ?? encodeEventHeaders(metadata(type));
  const data = typeof body === 'string' ? body : JSON.stringify(body);
  return readEvent(
    {
      subject: 'clerk.events.x',
      data: new TextEncoder().encode(data),
      streamSequence: 1,
      timesDelivered: 1,
      header: (name) => headers[name],
    },
    options.instanceId,
  );
}

const session = (type: string, changes: object = {}): Json => {
  const sample = fixture('session.created');
  return { ...sample, type, data: { ...sample.data, ...changes } };
};

const ID = 'user_3AbCdEfGhIjKlMnOpQrStUvWxY1';

describe('an event', () => {
  it.each(readdirSync(fixtures).filter((name) => handledEventTypes.some((type) => name.startsWith(`${type}.`))))(
    'of the fixture %s is read',
    (name) => {
      expect(read(fixture(name.replace(/\.json$/, '')))).toMatchObject({
        kind: 'observation',
        observation: { clerkUserId: ID, origin: { id: 'msg_1', source: 'webhook', attempt: 2, correlationId: 'c1' } },
      });
    },
  );

  it.each(handledEventTypes.filter((type) => type.startsWith('session.')))(
    '%s is read without a user in it',
    (type) => {
      expect(read(session(type, { user: null }))).toMatchObject({
        kind: 'observation',
        observation: { clerkUserId: ID, seen: { kind: 'nothing' } },
      });
    },
  );

  it.each([
    ['session.created', { lastLoginAt: 11, lastLogoutAt: null, lastActiveAt: 33 }],
    ['session.ended', { lastLoginAt: null, lastLogoutAt: 22, lastActiveAt: 33 }],
    ['session.removed', { lastLoginAt: null, lastLogoutAt: 22, lastActiveAt: 33 }],
    ['session.revoked', { lastLoginAt: null, lastLogoutAt: 22, lastActiveAt: 33 }],
    ['session.pending', { lastLoginAt: null, lastLogoutAt: null, lastActiveAt: null }],
  ])('of type %s shows the times of login, logout and activity', (type, activity) => {
    const at = (n: number) => 1_790_000_000_000 + n;
    const times = { created_at: at(11), updated_at: at(22), last_active_at: at(33), user: null };
    const expected = Object.fromEntries(Object.entries(activity).map(([key, n]) => [key, n === null ? n : at(n)]));
    expect(read(session(type, times))).toMatchObject({ observation: { activity: expected } });
  });

  it.each(handledEventTypes.filter((type) => type.startsWith('session.')))(
    '%s is read though every field that is not needed is null',
    (type) => {
      const { data } = fixture('session.created');
      const needed = ['id', 'user_id'];
      const empty = Object.fromEntries(Object.keys(data).map((key) => [key, needed.includes(key) ? data[key] : null]));
      expect(read({ type, data: empty, instance_id: null, timestamp: null, event_attributes: null })).toMatchObject({
        kind: 'observation',
        observation: { clerkUserId: ID, seen: { kind: 'nothing' } },
      });
    },
  );

  it('of a user is read when all optional fields are null', () => {
    const { data } = fixture('user.updated');
    const needed = ['id', 'updated_at'];
    const empty = Object.fromEntries(Object.keys(data).map((key) => [key, needed.includes(key) ? data[key] : null]));
    expect(read({ type: 'user.updated', data: empty })).toMatchObject({
      kind: 'observation',
      observation: { clerkUserId: ID },
    });
    expect(read({ type: 'user.deleted', data: { id: ID, deleted: null } })).toMatchObject({
      observation: { clerkUserId: ID, seen: { kind: 'deletion' } },
    });
  });

  it('shows the end of a lockout counted from the time of the event', () => {
    const { data } = fixture('user.updated');
    const locked = { ...data, locked: true, lockout_expires_in_seconds: 60 };
    expect(read({ type: 'user.updated', timestamp: 1_790_000_000_000, data: locked })).toMatchObject({
      observation: { seen: { user: { lockout: { locked: true, expiresAt: 1_790_000_060_000 } } } },
    });
  });

  it('of an unhandled type or of another instance is ignored with a reason', () => {
    expect(read({ ...fixture('user.created'), type: 'role.created' })).toMatchObject({
      kind: 'ignored',
      decision: 'unhandled',
    });
    expect(read(fixture('user.created'), { instanceId: 'ins_other' })).toMatchObject({
      kind: 'ignored',
      decision: 'foreign',
    });
    expect(read(fixture('user.created'), { instanceId: 'ins_3AbCdEfGhIjKlMnOpQrStUvWxYz' }).kind).toBe('observation');
  });

  it.each([
    ['a body that is not JSON', '{"type":"user.created",hunter2', 'the body is not JSON'],
    ['a body that is not an object', '"hunter2"', ''],
    ['no data', { type: 'user.created' }, 'data'],
    ['another type than its headers', { ...fixture('user.updated'), type: 'user.created' }, 'type'],
    ['a deletion without id', { type: 'user.deleted', data: { deleted: true } }, 'data.id'],
    ['an invalid id', { type: 'user.deleted', data: { deleted: true, id: 'hunter2' } }, 'data.id'],
    [
      'an odd time',
      { type: 'user.updated', data: { ...fixture('user.updated').data, updated_at: 'hunter2' } },
      'data.updated_at',
    ],
    ['an infinite time', JSON.stringify(fixture('user.updated')).replace('1790000002500', '1e400'), 'data.updated_at'],
    ['another user in a session', session('session.created', { user_id: 'user_hunter2' }), 'data.user.id'],
    [
      '10 000 nested levels',
      `{"type":"user.updated","data":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`,
      'data.id',
    ],
  ])('with %s is unreadable, and the error names the field but not the value', (_, body, field) => {
    const type = typeof body === 'object' && 'type' in body ? body.type : 'user.updated';
    const event = read(body, { type: _ === 'another type than its headers' ? 'user.updated' : type });
    if (event.kind !== 'unreadable') throw new Error('expected a failure');
    expect(event.error).toBeInstanceOf(EventInvalidError);
    expect((event.error as Error).message).toContain(field);
    expect((event.error as Error).message).not.toContain('hunter2');
  });

  it('is read with its time in seconds scaled to milliseconds', () => {
    const { data } = fixture('user.updated');
    expect(read({ type: 'user.updated', data: { ...data, updated_at: 1_790_000_002 } })).toMatchObject({
      observation: { seen: { user: { version: 1_790_000_002_000 } } },
    });
  });

  it('without headers that identify it is undecodable', () => {
    const headers = encodeEventHeaders(metadata('user.created'));
    delete headers['Gatehouse-Webhook-Id'];
    expect(() => read(fixture('user.created'), { headers })).toThrow(MessageUndecodableError);
  });
});
