import { Inject, Injectable } from '@nestjs/common';
import { NOW, type Now } from '../clerk/clock';
import { newId } from '../clerk/ids';
import { ResourceNotFoundError, TooManyResourcesError } from '../errors';
import { Notices } from '../notices/notices';
import { ChangeSignal } from '../persist-state/change-signal';
import { KeyActiveError } from './errors';
import { SigningKey } from './signing-key';

const KEY_LIMIT = 20;

/** Injection token of the keys that a ring begins with: a non-empty list of {@link RingKey}. */
export const INITIAL_KEYS = Symbol('initial keys');

/** A key and when it was taken out of the JWKS, in ms; null while it is published. */
export interface RingKey {
  readonly key: SigningKey;
  readonly created_at: number;
  readonly retired_at: number | null;
}

/** The keys of session tokens: one signs, those before it stay published until they are retired. */
@Injectable()
export class KeyRing {
  /** Oldest first; the last one signs. */
  private readonly ring: RingKey[];

  constructor(
    @Inject(INITIAL_KEYS) keys: readonly [RingKey, ...RingKey[]],
    private readonly notices: Notices,
    private readonly changes: ChangeSignal,
    @Inject(NOW) private readonly now: Now,
  ) {
    this.ring = [...keys];
  }

  /** The one that signs. */
  get active(): SigningKey {
    return this.last().key;
  }

  /** Oldest first. */
  all(): readonly RingKey[] {
    return this.ring;
  }

  /** What the JWKS publishes, the one that signs first. */
  published(): SigningKey[] {
    return this.ring
      .filter(({ retired_at }) => retired_at === null)
      .map(({ key }) => key)
      .reverse();
  }

  /** A key of any state. @throws ResourceNotFoundError */
  get(kid: string): SigningKey {
    const found = this.ring.find(({ key }) => key.kid === kid);
    if (!found) throw new ResourceNotFoundError('key', kid);
    return found.key;
  }

  /** A new key signs from now on; the one before stays published, so that its tokens verify until they expire. */
  async rotate(): Promise<SigningKey> {
    if (this.ring.length >= KEY_LIMIT) throw new TooManyResourcesError('keys', KEY_LIMIT);
    const created_at = this.now();
    const key = await SigningKey.generate(newId('ins', created_at));
    this.ring.push({ key, created_at, retired_at: null });
    this.notices.add('key.rotated', { kid: key.kid });
    this.changes.mark();
    return key;
  }

  /** Takes a key out of the JWKS: what it signed verifies no more once caches have let go of it. */
  retire(kid: string): void {
    if (this.active === this.get(kid)) throw new KeyActiveError(kid);
    const index = this.ring.findIndex(({ key }) => key.kid === kid);
    const before = this.ring[index];
    if (!before || before.retired_at !== null) return;
    this.ring[index] = { ...before, retired_at: this.now() };
    this.notices.add('key.retired', { kid });
    this.changes.mark();
  }

  private last(): RingKey {
    // A ring is never empty: it begins with a key, and the active one cannot be retired.
    return this.ring[this.ring.length - 1] as RingKey;
  }
}
