import { filtersOf, readEventSearch } from './event-search';

const NOW = Date.UTC(2026, 0, 2, 12, 0, 30);

it('reads an address, and ignores what is not valid', () => {
  expect(readEventSearch({ find: ' msg_1 ', status: 'failed', dead: true, span: '1h', more: 1 })).toEqual({
    ...{ find: 'msg_1', status: 'failed', dead: true, span: '1h' },
  });
  expect(readEventSearch({ find: '  ', status: 'gone', dead: 'yes', span: '9y' })).toEqual({});
});

it.each([
  ['msg_2abc', 'webhookId'],
  ['user_2abc', 'clerkUserId'],
  ['EMAIL_TAKEN', 'errorCode'],
  ['user.created', 'type'],
  ['organizationInvitation.accepted', 'type'],
  ['018f0000-0000-7000-8000-000000000001', 'correlationId'],
])('finds %s by the filter %s', (find, field) => {
  expect(filtersOf({ find }, NOW)).toEqual({ [field]: find });
});

it('asks for the events since a span ago', () => {
  expect(filtersOf({ span: '1h', dead: true }, NOW)).toEqual({ dead: true, since: '2026-01-02T11:00:30.000Z' });
});
