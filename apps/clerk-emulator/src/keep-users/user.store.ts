import { Inject, Injectable } from '@nestjs/common';
import { type Now } from '../clerk/clock';
import { isExclusive } from '../clerk/identifier';
import { type ClerkUser, USER_LIMIT } from '../clerk/user';
import { ResourceNotFoundError, UserQuotaExceededError } from '../errors';
import { EmulatorState } from '../persist-state/emulator-state';
import { NOW } from '../tokens';
import { HolderIndex } from './holder-index';
import { LockoutEnds } from './lockout-ends';
import { savedUsers } from './saved-users';
import { UserVersions } from './user-versions';

/**
 * Kinds of values that at most one user can have. Exception: any number of users can have an e-mail address or phone
 * number unverified, but only one of them can have it verified or reserved.
 */
export type UniqueKind =
  'email_address' | 'phone_number' | 'username' | 'external_id' | 'identifier_id' | 'external_account';

const DELETED_KEPT = 100_000;

/**
 * All users, in memory, with indexes of their unique values. A stored user is never changed in place: `put` a new object,
 * so that earlier responses and webhooks keep their content.
 */
@Injectable()
export class UserStore {
  private readonly users = new Map<string, ClerkUser>();
  private readonly holders: Record<UniqueKind, HolderIndex> = {
    email_address: new HolderIndex(),
    phone_number: new HolderIndex(),
    username: new HolderIndex(),
    external_id: new HolderIndex(),
    identifier_id: new HolderIndex(),
    external_account: new HolderIndex(),
  };
  private readonly lockoutEnds = new LockoutEnds();
  private readonly versions = new UserVersions();
  private readonly deleted = new Set<string>();
  private readonly deleteListeners: ((userId: string) => void)[] = [];
  /** Users in order of creation, so that a page needs no sorting. */
  private readonly ordered: ClerkUser[] = [];

  constructor(
    private readonly state: EmulatorState,
    @Inject(NOW) private readonly now: Now,
  ) {
    state.register({
      reset: () => this.clear(),
      saved: {
        schema: savedUsers,
        save: () => ({
          users: [...this.oldestFirst()],
          lockouts: this.lockoutEnds.all(),
          deleted_user_ids: this.deletedIds(),
        }),
        restore: ({ users, lockouts, deleted_user_ids }) => {
          for (const user of users) this.put(user);
          this.lockoutEnds.restore(lockouts);
          for (const id of deleted_user_ids.slice(-DELETED_KEPT)) this.deleted.add(id);
        },
      },
    });
  }

  get size(): number {
    return this.users.size;
  }

  find(id: string): ClerkUser | undefined {
    this.refreshLockout(id);
    return this.users.get(id);
  }

  /** @throws ResourceNotFoundError */
  get(id: string): ClerkUser {
    const user = this.find(id);
    if (!user) throw new ResourceNotFoundError('user', id);
    return user;
  }

  /**
   * The user as it was `versionsBack` changes ago, or in the oldest state that is kept. Without an earlier state, the
   * current one.
   * @throws ResourceNotFoundError
   */
  getStale(id: string, versionsBack: number): ClerkUser {
    return this.versions.back(id, versionsBack) ?? this.get(id);
  }

  /** All users who have this e-mail address, phone number, username, external id, identifier id or external account. */
  holdersOf(kind: UniqueKind, value: string): ClerkUser[] {
    const ids = this.holders[kind].of(indexKey(kind, value));
    return ids.map((id) => this.find(id)).filter((user) => user !== undefined);
  }

  /**
   * The user who has this value, such as an e-mail address or username. If several users have it, returns the one who
   * has it verified or reserved, or else the first.
   */
  ownerOf(kind: UniqueKind, value: string): ClerkUser | undefined {
    const holders = this.holdersOf(kind, value);
    return holders.find((user) => hasForItself(user, kind, value)) ?? holders[0];
  }

  /** Ids of deleted users, oldest first. */
  deletedIds(): string[] {
    return [...this.deleted];
  }

  /** @throws UserQuotaExceededError when `count` more users would exceed the limit */
  assertRoomFor(count: number): void {
    if (this.size + count > USER_LIMIT) throw new UserQuotaExceededError(USER_LIMIT);
  }

  /** Calls `listener` with the id of every user that is deleted. */
  onDelete(listener: (userId: string) => void): void {
    this.deleteListeners.push(listener);
  }

  put(user: ClerkUser): void {
    const before = this.users.get(user.id);
    if (before) {
      this.unindex(before);
      this.versions.keep(before);
    }
    this.users.set(user.id, user);
    for (const [kind, value] of uniqueValues(user)) this.holders[kind].add(indexKey(kind, value), user.id);
    this.lockoutEnds.note(user, this.now());
    this.ordered.splice(this.placeOf(user), 0, user);
    this.state.markChanged();
  }

  delete(user: ClerkUser): void {
    const before = this.users.get(user.id);
    if (!before) return;
    this.unindex(before);
    this.versions.keep(before);
    this.users.delete(user.id);
    this.lockoutEnds.delete(user.id);
    this.deleted.add(user.id);
    const [oldest] = this.deleted;
    if (this.deleted.size > DELETED_KEPT && oldest !== undefined) this.deleted.delete(oldest);
    for (const listener of this.deleteListeners) listener(user.id);
    this.state.markChanged();
  }

  /** All users, oldest first; users of the same millisecond in the order of their ids. */
  oldestFirst(): readonly ClerkUser[] {
    this.refreshLockouts();
    return this.ordered;
  }

  /** Index of a user in {@link oldestFirst}, or where it would be inserted. */
  placeOf(user: Pick<ClerkUser, 'id' | 'created_at'>): number {
    let low = 0;
    let high = this.ordered.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (byCreation(this.ordered[middle] ?? user, user) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private clear(): void {
    this.users.clear();
    for (const index of Object.values(this.holders)) index.clear();
    this.lockoutEnds.clear();
    this.versions.clear();
    this.deleted.clear();
    this.ordered.length = 0;
    this.state.markChanged();
  }

  private refreshLockouts(): void {
    for (const id of this.lockoutEnds.userIds()) this.refreshLockout(id);
  }

  /**
   * Updates the remaining seconds of a lockout, or ends it. Not a change of the user: `updated_at` stays, no event is
   * sent.
   */
  private refreshLockout(id: string): void {
    const user = this.users.get(id);
    if (!user) return;
    const shown = this.lockoutEnds.shown(user, this.now());
    if (shown === user) return;
    this.users.set(id, shown);
    this.ordered[this.placeOf(user)] = shown;
    if (!shown.locked) this.lockoutEnds.delete(id);
  }

  private unindex(user: ClerkUser): void {
    for (const [kind, value] of uniqueValues(user)) this.holders[kind].delete(indexKey(kind, value), user.id);
    this.ordered.splice(this.placeOf(user), 1);
  }
}

/**
 * True when no other user can take the `value` that `user` has. For an e-mail address or phone number, this is the case
 * while `user` has it verified or reserved; for every other kind, always.
 */
export function hasForItself(user: ClerkUser, kind: UniqueKind, value: string): boolean {
  if (kind === 'email_address') {
    const address = value.toLowerCase();
    return user.email_addresses.some((email) => email.email_address === address && isExclusive(email));
  }
  if (kind === 'phone_number') {
    return user.phone_numbers.some((phone) => phone.phone_number === value && isExclusive(phone));
  }
  return true;
}

/** Sort order: older users first, and users of the same millisecond by id. */
export function byCreation(a: Pick<ClerkUser, 'id' | 'created_at'>, b: Pick<ClerkUser, 'id' | 'created_at'>): number {
  if (a.created_at !== b.created_at) return a.created_at - b.created_at;
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
}

function indexKey(kind: UniqueKind, value: string): string {
  return kind === 'email_address' || kind === 'username' ? value.toLowerCase() : value;
}

function* uniqueValues(user: ClerkUser): Generator<[UniqueKind, string]> {
  for (const email of user.email_addresses) {
    yield ['email_address', email.email_address];
    yield ['identifier_id', email.id];
  }
  for (const phone of user.phone_numbers) {
    yield ['phone_number', phone.phone_number];
    yield ['identifier_id', phone.id];
  }
  if (user.username !== null) yield ['username', user.username];
  if (user.external_id !== null) yield ['external_id', user.external_id];
  for (const account of user.external_accounts) yield ['external_account', account.provider_user_id];
}
