import { type TrustChange } from '@gatehouse/contracts';
import { type Caller } from '../caller/caller';
import { errorResponse } from '../problems/error-response';
import { BoundedWork } from './bounded-work';
import { type TrustChangeFeed } from './trust-change-feed';

/** Callers that are looked up at the same time. */
const CONFIRMATIONS = 100;

/** What stays open for a caller after its request was decided. */
interface Watched {
  /** undefined if it is open to everybody: no trust change concerns it. */
  readonly caller: Caller | undefined;
}

/** What happens to an item whose caller is in doubt. */
interface TrustWatchHooks<Item> {
  /** The trust in the caller may have ended. Called again for each further doubt. */
  doubted?(item: Item): void;
  /** Looks the caller up again. Rejects if the item must not stay open. */
  confirm(item: Item): Promise<void>;
  /** The caller is trusted. */
  trusted(item: Item): void;
  /** The caller is trusted no longer. `error`: why. */
  refused(item: Item, error: unknown): void;
}

/**
 * Watches whether the callers of what is open are still trusted. A trust change puts the items that it may concern in
 * doubt, before the gateway acknowledges it. Then each caller is looked up again.
 *
 * While user-sync is unavailable, a caller is neither trusted nor refused, and stays in doubt: call `retry` now and then.
 */
export class TrustWatch<Item extends Watched> {
  private readonly all = new Set<Item>();
  private readonly byUser = new Map<string, Set<Item>>();
  /** Items in doubt, each with the number of its last doubt. */
  private readonly doubts = new Map<Item, number>();
  private doubtCount = 0;
  private readonly confirmations = new BoundedWork<Item>(CONFIRMATIONS, (item) => this.confirm(item));

  constructor(
    feed: Pick<TrustChangeFeed, 'onChange' | 'onForget'>,
    private readonly hooks: TrustWatchHooks<Item>,
  ) {
    feed.onChange((change) => this.doubt(this.concernedBy(change)));
    feed.onForget(() => this.doubt(filtered(this.all, ({ caller }) => caller !== undefined)));
  }

  /** Number of items. */
  get size(): number {
    return this.all.size;
  }

  /** Items, oldest first. An item that is deleted meanwhile is skipped. */
  [Symbol.iterator](): Iterator<Item> {
    return this.all.values();
  }

  /** Items of a user, oldest first. */
  ofUser(userId: string): ReadonlySet<Item> {
    return this.byUser.get(userId) ?? new Set();
  }

  /** Adds an item. */
  add(item: Item): void {
    this.all.add(item);
    if (item.caller === undefined) return;
    const { userId } = item.caller.principal;
    const others = this.byUser.get(userId);
    if (others === undefined) this.byUser.set(userId, new Set([item]));
    else others.add(item);
  }

  /** Removes an item. Returns whether it was there. */
  delete(item: Item): boolean {
    if (!this.all.delete(item)) return false;
    this.doubts.delete(item);
    if (item.caller === undefined) return true;
    const { userId } = item.caller.principal;
    const others = this.byUser.get(userId);
    others?.delete(item);
    if (others?.size === 0) this.byUser.delete(userId);
    return true;
  }

  /** Whether the caller of an item is trusted, as far as this gateway knows. */
  isTrusted(item: Item): boolean {
    return !this.doubts.has(item);
  }

  /** Puts items in doubt. */
  doubt(items: Iterable<Item>): void {
    for (const item of items) {
      this.doubts.set(item, (this.doubtCount += 1));
      this.hooks.doubted?.(item);
      this.confirmations.add(item);
    }
  }

  /** Looks up again every caller in doubt whose last lookup failed. */
  retry(): void {
    for (const item of this.doubts.keys()) if (!this.confirmations.has(item)) this.confirmations.add(item);
  }

  private concernedBy(change: TrustChange): Iterable<Item> {
    switch (change.kind) {
      case 'user':
        return this.ofUser(change.userId);
      case 'clerk_session':
        return filtered(this.all, ({ caller }) => caller?.principal.sessionId === change.sessionId);
      case 'legacy_session':
        return filtered(this.ofUser(change.userId), ({ caller }) => caller?.principal.sessionId === change.sessionId);
      case 'api_key':
        return filtered(this.ofUser(change.userId), ({ caller }) => caller?.principal.keyId === change.keyId);
    }
  }

  private async confirm(item: Item): Promise<void> {
    const doubt = this.doubts.get(item);
    if (doubt === undefined) return;
    try {
      await this.hooks.confirm(item);
    } catch (error) {
      const { status } = errorResponse(error);
      const isRefused = status < 500 && status !== 429;
      if (isRefused && this.all.has(item)) this.hooks.refused(item, error);
      return;
    }
    // After a later doubt, the item waits for another lookup.
    if (this.doubts.get(item) !== doubt) return;
    this.doubts.delete(item);
    this.hooks.trusted(item);
  }
}

function filtered<Item>(items: Iterable<Item>, isMeant: (item: Item) => boolean): Item[] {
  const meant: Item[] = [];
  for (const item of items) if (isMeant(item)) meant.push(item);
  return meant;
}
