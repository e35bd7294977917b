import { type KeyObject } from 'node:crypto';
import { KeySetInvalidError, KeysUnavailableError } from './errors';
import { type KeySet, readKeySet } from './key-set';
import { type KeySource } from './key-source';
import { fetchJson } from './fetch-json';

/** Where the key set is, and how often it may be asked for; milliseconds. */
export interface JwksCacheOptions {
  readonly url: string;
  readonly fetch?: typeof fetch;
  /** A clock that nobody sets back: that would stop all fetching for as long. */
  readonly now?: () => number;
  /** Not asked again for an unknown key, or for another one under a known id, before this has passed. */
  readonly cooldownMs?: number;
  /** Not asked again before this has passed when the last time failed. */
  readonly failureCooldownMs?: number;
  /** Asked again in the background when the keys are older. */
  readonly maxAgeMs?: number;
  readonly timeoutMs?: number;
  /** Told of each fetch; `error` is undefined when it brought keys. */
  readonly onFetch?: (error: unknown) => void;
}

const DEFAULTS = { cooldownMs: 30_000, failureCooldownMs: 1_000, maxAgeMs: 3_600_000, timeoutMs: 5_000 };

/**
 * Clerk's public keys, fetched when needed: one fetch at a time whoever asks, a pause between fetches however many
 * unknown ids come, known keys served for as long as the source is down.
 */
export class JwksCache implements KeySource {
  private readonly options: Required<Omit<JwksCacheOptions, 'onFetch'>> & Pick<JwksCacheOptions, 'onFetch'>;
  private readonly listeners = new Set<() => void>();
  private set: KeySet | undefined;
  private fetchedAt = Number.NEGATIVE_INFINITY;
  private triedAt = Number.NEGATIVE_INFINITY;
  private failure: unknown;
  private running: Promise<void> | undefined;

  constructor(options: JwksCacheOptions) {
    this.options = { ...DEFAULTS, fetch: globalThis.fetch, now: () => performance.now(), ...options };
  }

  async find(kid: string | undefined): Promise<KeyObject | undefined> {
    const known = this.lookUp(kid);
    if (known !== undefined) {
      if (this.options.now() - this.fetchedAt > this.options.maxAgeMs) void this.refresh();
      return known;
    }
    // Clerk names every key: a token that names none is not worth a fetch, unless nothing is known at all.
    if (kid === undefined && this.set !== undefined) return undefined;
    await this.refresh();
    const found = this.lookUp(kid);
    // The key may be one that the source would name if it were up: that is no reason to turn a caller away for good.
    if (found === undefined && (this.failure !== undefined || this.set === undefined)) {
      throw new KeysUnavailableError(this.failure);
    }
    return found;
  }

  async findSuccessor(kid: string | undefined, known: KeyObject): Promise<KeyObject | undefined> {
    const { cooldownMs, now } = this.options;
    // No more often while the source is down: most of those who ask are forgers.
    if (this.running !== undefined || now() - this.triedAt >= cooldownMs) await this.refresh();
    const found = this.lookUp(kid);
    return found?.equals(known) ? undefined : found;
  }

  async load(): Promise<void> {
    if (this.set === undefined) await this.refresh();
    if (this.set === undefined) throw new KeysUnavailableError(this.failure);
  }

  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  private lookUp(kid: string | undefined): KeyObject | undefined {
    return kid === undefined ? undefined : this.set?.keys.get(kid);
  }

  /** Fetches unless it was tried a moment ago; never throws. */
  private refresh(): Promise<void> {
    if (this.running !== undefined) return this.running;
    const { cooldownMs, failureCooldownMs, now } = this.options;
    const pause = this.failure === undefined ? cooldownMs : failureCooldownMs;
    if (now() - this.triedAt < pause) return Promise.resolve();
    this.triedAt = now();
    this.running = this.fetchKeys().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async fetchKeys(): Promise<void> {
    const { url, fetch, timeoutMs, now, onFetch } = this.options;
    try {
      this.replace(readKeySet(await fetchJson(url, fetch, timeoutMs)));
      this.fetchedAt = now();
      this.failure = undefined;
    } catch (error) {
      this.failure = error instanceof KeySetInvalidError ? error : new KeySetInvalidError('cannot be fetched', error);
    }
    onFetch?.(this.failure);
  }

  private replace(set: KeySet): void {
    const changed = this.set !== undefined && this.set.fingerprint !== set.fingerprint;
    this.set = set;
    if (changed) for (const listener of this.listeners) listener();
  }
}
