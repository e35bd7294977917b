import { Injectable } from '@nestjs/common';
import { type ClerkUser, USER_LIMIT } from '../clerk/user';
import { ResourceNotFoundError, UserQuotaExceededError } from '../errors';
import { ChangeSignal } from '../persist-state/change-signal';
import { UserVersions } from './user-versions';

/** What at most one user of an instance can have. */
export type UniqueKind = 'email_address' | 'phone_number' | 'username' | 'external_id' | 'identifier_id';

const DELETED_KEPT = 100_000;

/**
 * Every user, in memory, with an index of what must be unique. A stored user is never changed in place: `put` a new
 * object, so that a body already handed out keeps what it said.
 */
@Injectable()
export class UserStore {
  private readonly users = new Map<string, ClerkUser>();
  private readonly owners: Record<UniqueKind, Map<string, string>> = {
    email_address: new Map(),
    phone_number: new Map(),
    username: new Map(),
    external_id: new Map(),
    identifier_id: new Map(),
  };
  private readonly versions = new UserVersions();
  private readonly deleted = new Set<string>();
  /** By creation, so that a page of many users costs no sorting. */
  private readonly ordered: ClerkUser[] = [];

  constructor(private readonly changes: ChangeSignal) {}

  get size(): number {
    return this.users.size;
  }

  find(id: string): ClerkUser | undefined {
    return this.users.get(id);
  }

  /** @throws ResourceNotFoundError */
  get(id: string): ClerkUser {
    const user = this.users.get(id);
    if (!user) throw new ResourceNotFoundError('user', id);
    return user;
  }

  /** The user as it was some versions ago, as far as that is known; deleted ones among them. @throws ResourceNotFoundError */
  getStale(id: string, versionsBack: number): ClerkUser {
    return this.versions.back(id, versionsBack) ?? this.get(id);
  }

  /** The user who has this e-mail address, number, name or identifier id; undefined when nobody does. */
  ownerOf(kind: UniqueKind, value: string): ClerkUser | undefined {
    const id = this.owners[kind].get(indexKey(kind, value));
    return id === undefined ? undefined : this.users.get(id);
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
    for (const [kind, value] of uniqueValues(user)) this.owners[kind].set(indexKey(kind, value), user.id);
    this.ordered.splice(this.placeOf(user), 0, user);
    this.changes.mark();
  }

  delete(user: ClerkUser): void {
    const before = this.users.get(user.id);
    if (!before) return;
    this.unindex(before);
    this.versions.keep(before);
    this.users.delete(user.id);
    this.deleted.add(user.id);
    const [oldest] = this.deleted;
    if (this.deleted.size > DELETED_KEPT && oldest !== undefined) this.deleted.delete(oldest);
    this.changes.mark();
  }

  /** Forgets everybody. */
  clear(): void {
    this.users.clear();
    for (const index of Object.values(this.owners)) index.clear();
    this.versions.clear();
    this.deleted.clear();
    this.ordered.length = 0;
    this.changes.mark();
  }

  /** All users, oldest first; users of the same millisecond in the order of their ids. */
  oldestFirst(): readonly ClerkUser[] {
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

  private unindex(user: ClerkUser): void {
    for (const [kind, value] of uniqueValues(user)) this.owners[kind].delete(indexKey(kind, value));
    this.ordered.splice(this.placeOf(user), 1);
  }
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
