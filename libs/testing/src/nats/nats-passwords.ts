import {
  type NatsAccount,
  type NatsIdentity,
  type NatsUser,
  natsAccountsText,
  natsIdentities,
  natsPasswordVariable,
  natsQuoted,
} from '@gatehouse/contracts';
import { type OwnNatsOptions } from './own-nats';

/**
 * The accounts of one nats-server, and the passwords of their users. As in a deployment that rotates passwords, they are
 * in a file that the configuration includes.
 */
export class NatsPasswords {
  private readonly byUser: Map<string, string>;

  constructor(
    private readonly accounts: readonly NatsAccount[],
    private readonly configured: OwnNatsOptions['configured'],
  ) {
    const users = accounts.flatMap((account) => account.users);
    this.byUser = new Map(users.map(({ user, password }) => [user, typeof password === 'string' ? password : user]));
  }

  of(user: string): string {
    return this.byUser.get(user) ?? user;
  }

  set(user: string, password: string): void {
    this.byUser.set(user, password);
  }

  /** Accounts as text of a configuration file, with a variable for each password. */
  get accountsText(): string {
    if (this.configured !== undefined) return this.configured.accountsText;
    const accounts = this.withUsers((user) => ({ ...user, password: { variable: variableOf(user.user) } }));
    return `include ./passwords.conf\n${natsAccountsText(accounts)}`;
  }

  /** The accounts with the passwords as they are now. */
  get currentAccounts(): NatsAccount[] {
    return this.withUsers((user) => ({ ...user, password: this.of(user.user) }));
  }

  /** The file of passwords, by its name. */
  get includedFiles(): Record<string, string> {
    // nats-server rejects a variable that its configuration does not use.
    const isUsed = (user: string) => this.configured === undefined || natsIdentities.some((name) => name === user);
    const users = [...this.byUser].filter(([user]) => isUsed(user));
    const lines = users.map(([user, password]) => `${variableOf(user)} = ${natsQuoted(password)}\n`);
    return { 'passwords.conf': lines.join('') };
  }

  private withUsers(change: (user: NatsUser) => NatsUser): NatsAccount[] {
    return this.accounts.map((account) => ({ ...account, users: account.users.map(change) }));
  }
}

function variableOf(user: string): string {
  return natsPasswordVariable(user as NatsIdentity);
}
