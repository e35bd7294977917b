import { Injectable } from '@nestjs/common';
import { type ClerkUser } from '../clerk/user';
import { ResourceNotFoundError } from '../errors';
import { ChangeSignal } from '../persist-state/change-signal';

/** What at most one user of an instance can have. */
export type UniqueKind = 'email_address' | 'phone_number' | 'username' | 'external_id' | 'identifier_id';

/**
 * Every user, in memory, with an index of what must be unique. A stored user is never changed in place: `put` a new
 * object, so that a body already handed out keeps what it said.
 */
@Injectable()
export class UserStore {
  private readonly users = new Map<string, ClerkUser>();
  private readonly owners = new Map<string, string>();
  private sorted: readonly ClerkUser[] | undefined;

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

  /** The user who has this e-mail address, number, name or identifier id; undefined when nobody does. */
  ownerOf(kind: UniqueKind, value: string): ClerkUser | undefined {
    const id = this.owners.get(indexKey(kind, value));
    return id === undefined ? undefined : this.users.get(id);
  }

  put(user: ClerkUser): void {
    const before = this.users.get(user.id);
    if (before) for (const key of indexKeys(before)) this.owners.delete(key);
    for (const key of indexKeys(user)) this.owners.set(key, user.id);
    this.users.set(user.id, user);
    this.sorted = undefined;
    this.changes.mark();
  }

  delete(user: ClerkUser): void {
    for (const key of indexKeys(user)) this.owners.delete(key);
    this.users.delete(user.id);
    this.sorted = undefined;
    this.changes.mark();
  }

  /** All users, oldest first; users of the same millisecond in the order of their ids. */
  oldestFirst(): readonly ClerkUser[] {
    this.sorted ??= [...this.users.values()].sort(byCreation);
    return this.sorted;
  }
}

/** Older users first; users of the same millisecond in the order of their ids. */
export function byCreation(a: ClerkUser, b: ClerkUser): number {
  if (a.created_at !== b.created_at) return a.created_at - b.created_at;
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
}

function indexKey(kind: UniqueKind, value: string): string {
  return `${kind}:${kind === 'email_address' || kind === 'username' ? value.toLowerCase() : value}`;
}

function indexKeys(user: ClerkUser): string[] {
  return [
    ...user.email_addresses.flatMap((e) => [
      indexKey('email_address', e.email_address),
      indexKey('identifier_id', e.id),
    ]),
    ...user.phone_numbers.flatMap((p) => [indexKey('phone_number', p.phone_number), indexKey('identifier_id', p.id)]),
    ...(user.username === null ? [] : [indexKey('username', user.username)]),
    ...(user.external_id === null ? [] : [indexKey('external_id', user.external_id)]),
  ];
}
