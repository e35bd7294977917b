import { gatewayRequests } from './bus-rights';
import { type NatsAccount, natsAccounts, natsIdentities, setupIdentity, streamsAccount } from './nats-accounts';
import { natsAccountsText } from './nats-accounts-text';
import { serviceNames } from './services';

const accounts = natsAccounts((identity) => `password of ${identity}`);
const account = (name: string): NatsAccount => {
  const found = accounts.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no account ${name}`);
  return found;
};

describe('the accounts of NATS', () => {
  it('are one for the streams, one for each service that keeps no streams, and one for services of others', () => {
    expect(accounts.map(({ name }) => name)).toEqual([
      streamsAccount,
      'API_GATEWAY',
      'WEBHOOK_INGEST',
      'USER_SYNC',
      'USER_DATA',
      'USERS_READER',
    ]);
    expect(accounts.flatMap(({ users }) => users.map(({ user }) => user)).sort()).toEqual([...natsIdentities].sort());
    expect(account(streamsAccount).users.map(({ user }) => user)).toEqual(['stream-keeper', setupIdentity]);
  });

  it('have JetStream only where the streams are', () => {
    expect(accounts.filter(({ jetStream }) => jetStream).map(({ name }) => name)).toEqual([streamsAccount]);
  });

  it('import exactly what is exported to them, and nothing is exported to everybody', () => {
    const imported = accounts.flatMap(({ name, imports }) =>
      imports.map(({ kind, account: from, subject }) => `${kind} ${from} ${subject} ${name}`),
    );
    const exported = accounts.flatMap(({ name, exports }) =>
      exports.flatMap(({ kind, subject, accounts: to }) => to.map((into) => `${kind} ${name} ${subject} ${into}`)),
    );
    expect(exported.sort()).toEqual(imported.sort());
    expect(accounts.flatMap(({ exports }) => exports).filter(({ accounts: to }) => to.length === 0)).toEqual([]);
  });

  it('give the gateway one import for each request, and of the streams only what reads them', () => {
    const { imports } = account('API_GATEWAY');
    const fromStreams = imports.filter(({ account: from }) => from === streamsAccount);
    const requests = imports.filter((one) => one.kind === 'service' && !fromStreams.includes(one));
    expect(requests.map(({ subject }) => subject)).toEqual(gatewayRequests.map(({ subject }) => subject));
    expect(fromStreams.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
      'service $JS.API.STREAM.INFO.GATEHOUSE_USERS',
      'service $JS.API.STREAM.MSG.GET.GATEHOUSE_USERS',
      'service $JS.API.STREAM.INFO.GATEHOUSE_DATA',
      'service $JS.API.STREAM.MSG.GET.GATEHOUSE_DATA',
      'stream feed.users.*',
      'stream feed.data.>',
    ]);
  });

  it('let no running service update or delete a stream, or create or delete a consumer', () => {
    const running = accounts.flatMap(({ users }) => users).filter(({ user }) => user !== setupIdentity);
    for (const { user, permissions } of running) {
      const allowed = permissions?.publish.allow ?? ['>'];
      expect(allowed.filter((subject) => /STREAM\.(UPDATE|DELETE)|CONSUMER\.DELETE|>$|\*/.test(subject))).toEqual(
        // Its own events, outcomes, changes, acknowledgements and replies.
        allowed.filter((subject) => /^(clerk\.|users\.changed\.|data\.changed\.|\$JS\.ACK\.|_R_\.)/.test(subject)),
      );
      const creates = allowed.filter((subject) => /CREATE/.test(subject));
      expect([user, creates.length > 0]).toEqual([user, user === 'stream-keeper']);
    }
  });

  it('let services of others read users, and nothing else', () => {
    const [user, ...others] = account('USERS_READER').users;
    expect(others).toEqual([]);
    expect(user?.permissions).toEqual({
      publish: {
        allow: ['$JS.streams.API.STREAM.INFO.GATEHOUSE_USERS', '$JS.streams.API.STREAM.MSG.GET.GATEHOUSE_USERS'],
      },
      subscribe: { allow: ['_INBOX.users-reader.>', 'feed.users.*'] },
    });
  });

  it('have a user with permissions for every service', () => {
    for (const service of serviceNames) {
      const user = accounts.flatMap(({ users }) => users).find((one) => one.user === service);
      expect(user?.permissions?.subscribe.allow).toContain(`_INBOX.${service}.>`);
    }
  });
});

describe('the text of the accounts', () => {
  it('quotes subjects and passwords, and names variables', () => {
    const text = natsAccountsText([
      {
        name: 'A',
        jetStream: true,
        users: [
          { user: 'one', password: 'a"b$c' },
          {
            user: 'two',
            password: { variable: 'SECRET' },
            permissions: { publish: { allow: [] }, subscribe: { allow: ['$JS.x'] }, allowResponses: true },
          },
        ],
        exports: [{ kind: 'service', subject: '$JS.API.X', manyReplies: true, accounts: ['B', 'C'] }],
        imports: [{ kind: 'stream', account: 'B', subject: 'b.*', to: 'c.*' }],
      },
    ]);
    expect(text).toBe(`accounts {
  A: {
    jetstream: enabled
    users: [
      { user: "one", password: "a\\"b$c" },
      { user: "two", password: $SECRET, permissions: { publish: { deny: [">"] }, subscribe: { allow: ["$JS.x"] }, allow_responses: true } },
    ]
    exports: [
      { service: "$JS.API.X", response_type: stream, accounts: [B, C] },
    ]
    imports: [
      { stream: { account: B, subject: "b.*" }, to: "c.*" },
    ]
  }
}
`);
  });
});
