import {
  type NatsAccount,
  type NatsIdentity,
  type NatsUser,
  type BusMember,
  accountOf,
  jetStreamApiPrefix,
  natsAccounts,
  streamsAccount,
} from '@gatehouse/contracts';
import { OPERATOR } from '@gatehouse/testing';

/** How a bus is divided into accounts. The password of each user is its name. */
export interface Layout {
  readonly accounts: readonly NatsAccount[];
  /** Prefix under which services call JetStream's API. */
  readonly apiPrefix: string;
}

/** The user with which the tests look at the streams and repair them. */
export const operator: NatsUser = { user: OPERATOR, password: OPERATOR };

/** The accounts that production runs with. */
export function presentLayout(): Layout {
  return { accounts: natsAccounts((identity: NatsIdentity) => identity, [operator]), apiPrefix: jetStreamApiPrefix };
}

/** Whether a layout has this user. */
export function hasUser({ accounts }: Layout, name: string): boolean {
  return accounts.some(({ users }) => users.some(({ user }) => user === name));
}

/** The layout in which the account of a service may make one more call of JetStream's API than its contract says. */
export function widened({ accounts, apiPrefix }: Layout, service: BusMember, call: string): Layout {
  const importer = accountOf(service);
  const isAck = call.startsWith('$JS.ACK.');
  const subject = isAck ? call : `$JS.API.${call}`;
  const to = isAck ? call : `${apiPrefix}.${call}`;
  const widen = (account: NatsAccount): NatsAccount => {
    if (account.name === streamsAccount) {
      const others = account.exports.filter((each) => each.subject !== subject);
      const present = account.exports.find((each) => each.subject === subject);
      const names = [...(present?.accounts ?? []), importer];
      return { ...account, exports: [...others, { kind: 'service', subject, manyReplies: true, accounts: names }] };
    }
    if (account.name !== importer) return account;
    return {
      ...account,
      imports: [...account.imports, { kind: 'service', account: streamsAccount, subject, ...(!isAck && { to }) }],
      users: account.users.map((user) => ({
        ...user,
        ...(user.permissions && {
          permissions: { ...user.permissions, publish: { allow: [...user.permissions.publish.allow, to] } },
        }),
      })),
    };
  };
  return { accounts: accounts.map(widen), apiPrefix };
}
