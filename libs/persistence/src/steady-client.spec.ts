import { inspect } from 'node:util';
import { RotatingSecret, fixed } from '@gatehouse/config';
import { SteadyClient } from './steady-client';

it('a printed client shows no password', () => {
  const logins = new RotatingSecret(fixed('postgres://service:hunter2@127.0.0.1/db'));
  const client = new SteadyClient({ logins });
  expect(client.url).toContain('hunter2');
  expect(inspect(client, { depth: null })).not.toContain('hunter2');
});
