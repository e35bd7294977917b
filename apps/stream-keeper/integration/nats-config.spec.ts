import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type NatsAccount,
  type NatsIdentity,
  natsAccounts,
  natsIdentities,
  natsPasswordVariable,
} from '@gatehouse/contracts';
import { workspaceRoot } from '@gatehouse/local-stack';
import { type OwnNats, PATIENCE_MS, natsServers, startOwnNats } from '@gatehouse/testing';
import { type NatsConnection, PermissionViolationError, connect } from '@nats-io/transport-node';

const SYSTEM = 'system';
const command = join(workspaceRoot(), 'dist/apps/stream-keeper/src/nats-config.js');
const run = promisify(execFile);
const table = natsAccounts((identity) => identity);

let nats: OwnNats;
let system: NatsConnection;

/** An account as nats-server has read it. */
interface AccountDetail {
  readonly jetstream_enabled: boolean;
  readonly exports?: readonly {
    readonly subject: string;
    readonly type: string;
    readonly response_type?: string;
    readonly approved_accounts: readonly string[];
  }[];
  readonly imports?: readonly {
    readonly subject: string;
    readonly account: string;
    readonly type: string;
    readonly local_subject?: string;
    readonly to?: string;
  }[];
}

async function ask<Data>(endpoint: string, options: object): Promise<Data> {
  const reply = await system.request(`$SYS.REQ.SERVER.PING.${endpoint}`, JSON.stringify(options), {
    timeout: PATIENCE_MS,
  });
  return reply.json<{ data: Data }>().data;
}

/** What an account exports and imports, in a form that can be compared. */
interface Shares {
  readonly jetStream: boolean;
  readonly exports: readonly string[];
  readonly imports: readonly string[];
}

/** The account as the server runs it, without what every account imports from the system's. */
async function running(name: string): Promise<Shares> {
  const { account_detail: detail } = await ask<{ account_detail: AccountDetail }>('ACCOUNTZ', { account: name });
  return {
    jetStream: detail.jetstream_enabled,
    exports: (detail.exports ?? [])
      .map(({ type, subject, response_type, approved_accounts }) =>
        textOf(type, subject, response_type === 'Streamed' ? 'many replies' : '', approved_accounts.toSorted()),
      )
      .sort(),
    imports: (detail.imports ?? [])
      .filter(({ account }) => account !== 'SYSTEM')
      .map(({ type, account, subject, to, local_subject: local }) =>
        // nats-server 2.9 has no `local_subject`, and its `subject` is the local one.
        local === undefined ? textOf(type, account, to ?? subject, subject) : textOf(type, account, subject, local),
      )
      .sort(),
  };
}

/** The account as the table says. */
function asInTable({ jetStream, exports, imports }: NatsAccount): Shares {
  return {
    jetStream,
    exports: exports
      .map(({ kind, subject, manyReplies, accounts }) =>
        textOf(kind, subject, manyReplies ? 'many replies' : '', accounts.toSorted()),
      )
      .sort(),
    imports: imports.map(({ kind, account, subject, to }) => textOf(kind, account, subject, to ?? subject)).sort(),
  };
}

const textOf = (...parts: readonly unknown[]) => JSON.stringify(parts);

const users = table.flatMap(({ name, users: members }) => members.map((member) => ({ ...member, account: name })));

/** A subject of each kind that any user may use. */
const subjects = {
  publish: [...new Set(users.flatMap(({ permissions }) => permissions?.publish.allow ?? []))].map(withoutWildcards),
  subscribe: [...new Set(users.flatMap(({ permissions }) => permissions?.subscribe.allow ?? []))],
};

function withoutWildcards(subject: string): string {
  return subject.replace(/\*/g, 'any').replace(/>$/, 'any.any');
}

/** Tries each subject as this user. Returns those that the server does not reject. */
async function tried(
  user: NatsIdentity,
): Promise<{ account: string | undefined; publish: string[]; subscribe: string[] }> {
  const connection = await connect({ ...nats.as(user), timeout: PATIENCE_MS });
  const rejected = { publish: new Set<string>(), subscribe: new Set<string>() };
  void (async () => {
    for await (const status of connection.status()) {
      if (status.type !== 'error' || !(status.error instanceof PermissionViolationError)) continue;
      rejected[status.error.operation === 'publish' ? 'publish' : 'subscribe'].add(status.error.subject);
    }
  })();
  try {
    for (const subject of subjects.publish) connection.publish(subject);
    // The callback keeps a rejected subscription from throwing.
    for (const subject of subjects.subscribe) connection.subscribe(subject, { callback: () => undefined });
    // An answer to this PING follows the rejections of everything that was sent before.
    await connection.flush();
    const { connections } = await ask<{ connections: { authorized_user: string; account: string }[] }>('CONNZ', {
      auth: true,
    });
    return {
      account: connections.find(({ authorized_user }) => authorized_user === user)?.account,
      publish: subjects.publish.filter((subject) => !rejected.publish.has(subject)),
      subscribe: subjects.subscribe.filter((subject) => !rejected.subscribe.has(subject)),
    };
  } finally {
    await connection.close();
  }
}

describe.each(natsServers())('the accounts that nats-config prints, included by $server,', ({ program }) => {
  beforeAll(async () => {
    const args = [command, '--passwords', './passwords.conf'];
    const { stdout } = await run(process.execPath, args, { env: {}, timeout: 60_000 });
    // The operator of a server adds an account of its own, which sees what the server has read.
    const systemAccount = `SYSTEM: { users: [ { user: "${SYSTEM}", password: "${SYSTEM}" } ] }`;
    nats = await startOwnNats({
      program,
      configured: {
        accountsText: `system_account: SYSTEM\n${stdout.replace('accounts {', `accounts {\n${systemAccount}`)}`,
      },
    });
    system = await connect({ servers: nats.url, user: SYSTEM, pass: SYSTEM });
  });

  afterAll(async () => {
    await system?.close();
    await nats?.dispose();
  });

  it('are those of the table, and the only ones', async () => {
    const { accounts } = await ask<{ accounts: string[] }>('ACCOUNTZ', {});
    // $G exists in every server; the next test shows that nobody gets in.
    expect(accounts.sort()).toEqual(['$G', 'SYSTEM', ...table.map(({ name }) => name)].sort());
  });

  it('reject a client without a user, and one with a wrong password', async () => {
    await expect(connect({ servers: nats.url, reconnect: false })).rejects.toThrow(/authorization/i);
    const login = { ...nats.as('user-sync'), pass: 'webhook-ingest', reconnect: false };
    await expect(connect(login)).rejects.toThrow(/authorization/i);
  });

  it.each(table)('$name exports and imports what the table says, and nothing else', async (account) => {
    expect(await running(account.name)).toEqual(asInTable(account));
  });

  it.each(natsIdentities)('%s may publish and subscribe to what the table says, and nothing else', async (identity) => {
    const row = users.find(({ user }) => user === identity);
    const { publish, subscribe } = await tried(identity).then(({ account, ...rights }) => {
      expect(account).toBe(row?.account);
      return rights;
    });
    expect(publish).toEqual(subjects.publish.filter((subject) => mayUse(row?.permissions?.publish.allow, subject)));
    expect(subscribe).toEqual(
      subjects.subscribe.filter((subject) => mayReceive(row?.permissions?.subscribe.allow, subject)),
    );
  });

  it('take a new password of the included file at a reload, which disconnects its user and no other', async () => {
    const watched = await Promise.all(
      (['api-gateway', 'user-sync'] as const).map(async (identity) => {
        const connection = await connect({ ...nats.as(identity), reconnect: false });
        return { identity, connection, closed: connection.closed().then(() => 'closed') };
      }),
    );
    const [gateway, userSync] = watched as [(typeof watched)[0], (typeof watched)[0]];
    await nats.changePassword('user-sync', 'a "new" $password\\');
    expect(await userSync.closed).toBe('closed');
    await gateway.connection.flush();
    expect(gateway.connection.isClosed()).toBe(false);
    await gateway.connection.close();
    await expect(connect({ ...nats.as('user-sync'), pass: 'user-sync', reconnect: false })).rejects.toThrow(
      /authorization/i,
    );
  });
});

describe('the accounts that nats-config prints without a file of passwords', () => {
  it('take the passwords from the environment of nats-server', async () => {
    const { stdout } = await run(process.execPath, [command], { env: {}, timeout: 60_000 });
    const environment = Object.fromEntries(
      natsIdentities.map((identity) => [natsPasswordVariable(identity), identity]),
    );
    const other = await startOwnNats({ configured: { accountsText: stdout, environment } });
    try {
      const connection = await connect({ ...other.as('user-sync'), reconnect: false });
      await connection.close();
      const wrong = { ...other.as('user-sync'), pass: 'webhook-ingest', reconnect: false };
      await expect(connect(wrong)).rejects.toThrow(/authorization/i);
    } finally {
      await other.dispose();
    }
  });
});

describe('nats-config', () => {
  it.each(['--unknown', 'file.conf', '--passwords', '--passwords=/etc/passwords.conf'])(
    'rejects the argument %s with its usage',
    async (argument) => {
      const failure: unknown = await run(process.execPath, [command, argument], { timeout: 60_000 }).catch(
        (error: unknown) => error,
      );
      expect(failure).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('usage: nats-config') });
    },
  );
});

/** Whether the table gives the right to publish on this subject, which stands for one of its patterns. */
function mayUse(allowed: readonly string[] = [], subject: string): boolean {
  return allowed.some((pattern) => withoutWildcards(pattern) === subject);
}

/** Whether the table gives the right to subscribe to this pattern: it, or one that covers it. */
function mayReceive(allowed: readonly string[] = [], subject: string): boolean {
  return allowed.some(
    (pattern) => pattern === subject || (/>$/.test(pattern) && subject.startsWith(pattern.slice(0, -1))),
  );
}
