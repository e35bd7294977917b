import { natsAccounts, resolvePrincipal } from '@gatehouse/contracts';
import { createLogger } from '@gatehouse/observability';
import { type OwnNats, eventually, startOwnNats } from '@gatehouse/testing';
import { NatsClient } from '../src/nats-client';
import { RequestServer } from '../src/request-server';
import { optionsOf } from './messaging-app';

let nats: OwnNats;
let client: NatsClient;

beforeAll(async () => {
  // The users may do everything within their accounts, as in a server that has not got the accounts of Gatehouse.
  const accounts = natsAccounts((identity) => identity).map((account) => ({
    ...account,
    users: account.users.map(({ user, password }) => ({ user, password })),
  }));
  nats = await startOwnNats({ accounts });
});
afterAll(async () => {
  await client.close();
  await nats.dispose();
});

it('drops requests from the own account of a service, and warns of each subject once', async () => {
  const lines: { level: string; message: string }[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]);
  const log = createLogger({ service: 'user-sync', level: 'debug' }, { write });
  client = new NatsClient(optionsOf(nats, 'user-sync'), log);
  void client.start();
  await eventually(() => client.connected);
  let handled = 0;
  const server = new RequestServer(client, 'user-sync', () => ({}) as never, log);
  const handler = () => Promise.resolve((handled += 1));
  server.addHandler(resolvePrincipal.subject, handler as never, false, { contract: resolvePrincipal });
  server.listen(() => undefined);

  for (let times = 0; times < 3; times += 1) {
    client.get().publish(resolvePrincipal.subject, '{}', { reply: '_INBOX.user-sync.1' });
  }
  const dropped = () => lines.filter(({ message }) => message.startsWith('request dropped'));
  await eventually(() => dropped().length === 3);
  expect(dropped().map(({ level }) => level)).toEqual(['warn', 'debug', 'debug']);
  expect(dropped()[0]?.message).toContain("check the server's accounts against nats-config");
  expect(handled).toBe(0);
  await server.close();
});
