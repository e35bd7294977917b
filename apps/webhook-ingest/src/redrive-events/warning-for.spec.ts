import { warningFor } from './warning-for';

const failure = {
  status: 'failed',
  error_code: 'DATABASE_REFUSED',
  error_kind: 'database',
  error_lasts: false,
} as const;

it.each([
  ['an invalid payload', { error_kind: 'validation', error_code: 'EVENT_INVALID' }, 'payload is invalid'],
  ['an event at which user-sync crashes', { error_kind: 'unknown', error_code: 'POISON_EVENT' }, 'crashed each time'],
  ['a request that Clerk refuses', { error_kind: 'clerk', error_code: 'CLERK_401' }, '(CLERK_401)'],
  ['any other lasting failure', { error_kind: 'database' }, 'no retry can fix DATABASE_REFUSED'],
])('warns about %s', (_, facts, text) => {
  expect(warningFor({ ...failure, ...facts, error_lasts: true })).toContain(text);
});

it.each([
  ['a failure that a retry may fix', {}],
  ['an ignored event', { status: 'ignored', error_lasts: null } as const],
  ['a failure of which nothing is known', { error_code: null, error_kind: null, error_lasts: null }],
])('does not warn about %s', (_, facts) => {
  expect(warningFor({ ...failure, ...facts })).toBeNull();
});
