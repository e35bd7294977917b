import { type NatsAccount, type NatsIdentity, clerkEventsStream, natsAccounts } from '@gatehouse/contracts';
import { createLogger } from '@gatehouse/observability';
import { type OwnNats, eventually, startOwnNats } from '@gatehouse/testing';
import { JetStream } from '../src/jetstream';
import { NatsClient } from '../src/nats-client';
import { StreamMaker } from '../src/stream-maker';
import { optionsOf } from './messaging-app';

/** The accounts of a release whose users may publish nothing. */
function accountsOfAnotherRelease(): NatsAccount[] {
  return natsAccounts((identity) => identity).map((account) => ({
    ...account,
    users: account.users.map(({ permissions, ...user }) => ({
      ...user,
      ...(permissions && { permissions: { ...permissions, publish: { allow: [] } } }),
    })),
  }));
}

let nats: OwnNats;
let client: NatsClient;
let errors: unknown[];

beforeAll(async () => {
  nats = await startOwnNats({ accounts: accountsOfAnotherRelease() });
});
afterEach(() => client.close());
afterAll(() => nats.dispose());

async function connectAs(identity: NatsIdentity): Promise<void> {
  errors = [];
  const write = (line: string) => {
    const { level, reason } = JSON.parse(line) as { level: string; reason?: string };
    if (level === 'error') errors.push(reason);
  };
  client = new NatsClient(optionsOf(nats, identity), createLogger({ service: identity, level: 'info' }, { write }));
  void client.start();
  await eventually(() => client.connected);
}

const refused = "stream CLERK_EVENTS (not permitted: check the server's accounts against nats-config)";

describe("a user without permission for a call of JetStream's API", () => {
  it('gets an error that says what to check, and the log has one line however often it tries', async () => {
    await connectAs('user-sync');
    const jetStream = new JetStream(client);
    for (let times = 0; times < 3; times += 1) {
      await expect(jetStream.checkStream(clerkEventsStream)).rejects.toThrow(refused);
    }
    expect(errors).toEqual(['Permissions Violation for Publish to "$JS.streams.API.STREAM.INFO.CLERK_EVENTS"']);
  });

  it('gets the same error as stream-keeper', async () => {
    await connectAs('stream-keeper');
    const maker = new StreamMaker(client, { replicas: 1 });
    await expect(maker.createIfMissing(clerkEventsStream)).rejects.toThrow(refused);
  });
});

it('says what to check when the account of a service does not import the calls', async () => {
  const accounts = natsAccounts((identity) => identity).map((account) => ({ ...account, imports: [] }));
  const own = await startOwnNats({ accounts });
  try {
    client = new NatsClient(optionsOf(own, 'user-sync'), createLogger({ service: 'user-sync', level: 'silent' }));
    void client.start();
    await eventually(() => client.connected);
    await expect(new JetStream(client).checkStream(clerkEventsStream)).rejects.toThrow(
      "stream CLERK_EVENTS (nobody answers: check the server's accounts against nats-config, and that JetStream runs)",
    );
  } finally {
    await own.dispose();
  }
});

it('logs no more than 20 different errors of one connection', async () => {
  await connectAs('api-gateway');
  for (let n = 0; n < 30; n += 1) client.get().publish(`elsewhere.${n}`);
  await eventually(() => errors.length >= 20);
  await client.get().flush();
  expect(errors).toHaveLength(20);
});
