import { Inject, Injectable } from '@nestjs/common';
import { NOW, type Now } from '../clerk/clock';
import { isExclusive } from '../clerk/identifier';
import { type ClerkUser, USER_LIMIT } from '../clerk/user';
import { ResourceNotFoundError, UserQuotaExceededError } from '../errors';
import { ChangeSignal } from '../persist-state/change-signal';
import { HolderIndex } from './holder-index';
import { type LockoutEnd, LockoutEnds } from './lockout-ends';
import { UserVersions } from './user-versions';

/** What at most one user of an instance can have; of addresses and numbers, at most one verified or reserved. */
export type UniqueKind = 'email_address' | 'phone_number' | 'username' | 'external_id' | 'identifier_id';

const DELETED_KEPT = 100_000;

/**
 * Every user, in memory, with an index of what must be unique. A stored user is never changed in place: `put` a new
 * object, so that a body already handed out keeps what it said.
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
  };
  private readonly lockoutEnds = new LockoutEnds();
  private readonly versions = new UserVersions();
  private readonly deleted = new Set<string>();
  /** By creation, so that a page of many users costs no sorting. */
  private readonly ordered: ClerkUser[] = [];

  constructor(
    private readonly changes: ChangeSignal,
    @Inject(NOW) private readonly now: Now,
  ) {}

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

  /** The user as it was some versions ago, as far as that is known; deleted ones among them. @throws ResourceNotFoundError */
  getStale(id: string, versionsBack: number): ClerkUser {
    return this.versions.back(id, versionsBack) ?? this.get(id);
  }

  /** Users who have this e-mail address, phone number, username, external id or identifier id. */
  holdersOf(kind: UniqueKind, value: string): ClerkUser[] {
    const ids = this.holders[kind].of(indexKey(kind, value));
    return ids.map((id) => this.find(id)).filter((user) => user !== undefined);
  }

  /**
   * The user who has this e-mail address, phone number, username, external id or identifier id. Of several holders of an
   * address, returns the one who has it verified or reserved, else the first. Undefined when no user has it.
   */
  ownerOf(kind: UniqueKind, value: string): ClerkUser | undefined {
    const holders = this.holdersOf(kind, value);
    return holders.find((user) => hasForItself(user, kind, value)) ?? holders[0];
  }

  /** When the lockouts of locked users end. */
  lockouts(): LockoutEnd[] {
    this.refreshLockouts();
    return this.lockoutEnds.all();
  }

  restoreLockouts(lockouts: readonly LockoutEnd[]): void {
    this.lockoutEnds.restore(lockouts);
  }

  /** Ids of deleted users, oldest first. */
  deletedIds(): string[] {
    return [...this.deleted];
  }

  /** @throws UserQuotaExceededError when so many more do not fit */
  assertRoomFor(count: number): void {
    if (this.size + count > USER_LIMIT) throw new UserQuotaExceededError(USER_LIMIT);
  }

  /** Whom an earlier run deleted, oldest first. */
  restoreDeleted(ids: readonly string[]): void {
    for (const id of ids.slice(-DELETED_KEPT)) this.deleted.add(id);
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
    this.changes.mark();
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
    this.changes.mark();
  }

  /** Forgets everybody. */
  clear(): void {
    this.users.clear();
    for (const index of Object.values(this.holders)) index.clear();
    this.lockoutEnds.clear();
    this.versions.clear();
    this.deleted.clear();
    this.ordered.length = 0;
    this.changes.mark();
  }

  /** All users, oldest first; users of the same millisecond in the order of their ids. */
  oldestFirst(): readonly ClerkUser[] {
    this.refreshLockouts();
    return this.ordered;
  }

  /** Where in {@link oldestFirst} a user stands, or would stand. */
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

  private refreshLockouts(): void {
    for (const id of this.lockoutEnds.userIds()) this.refreshLockout(id);
  }

  /** Brings a locked user up to date: the remaining seconds, and that the lockout is over. It is no new version. */
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

/** Whether the user has the value so that no other can have it: an address or number only when verified or reserved. */
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

/** Older users first; users of the same millisecond in the order of their ids. */
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
}
