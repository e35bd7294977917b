import { type Now } from '../clerk/clock';
import { newId } from '../clerk/ids';
import { KeyActiveError, ResourceNotFoundError, TooManyResourcesError } from '../errors';
import { type Notices } from '../notices/notices';
import { type EmulatorState } from '../persist-state/emulator-state';
import { savedKeys } from './saved-keys';
import { SigningKey } from './signing-key';

const KEY_LIMIT = 20;

/** A signing key of the ring; times in ms since 1970. */
export interface RingKey {
  readonly key: SigningKey;
  readonly created_at: number;
  /** When the key was removed from the JWKS; null while it is published. */
  readonly retired_at: number | null;
}

/** Signing keys of session tokens. The newest key signs; older keys stay in the JWKS until they are retired. */
export class KeyRing {
  /** Oldest first; the last key is active. Never empty: the ring starts with a key, and a retired key stays in it. */
  private readonly ring: RingKey[];

  constructor(
    keys: readonly [RingKey, ...RingKey[]],
    private readonly notices: Notices,
    private readonly state: EmulatorState,
    private readonly now: Now,
  ) {
    this.ring = [...keys];
    state.register({
      saved: {
        schema: savedKeys,
        save: () => ({
          private_key: this.active.privatePem,
          keys: this.ring.map(({ key, created_at, retired_at }) => ({
            kid: key.kid,
            private_key: key.privatePem,
            created_at,
            retired_at,
          })),
        }),
      },
    });
  }

  /** The key that signs. */
  get active(): SigningKey {
    return (this.ring[this.ring.length - 1] as RingKey).key;
  }

  /** All keys, oldest first. */
  all(): readonly RingKey[] {
    return this.ring;
  }

  /** Keys of the JWKS, the active one first. */
  published(): SigningKey[] {
    return this.ring
      .filter(({ retired_at }) => retired_at === null)
      .map(({ key }) => key)
      .reverse();
  }

  /** The key with this `kid`, retired or not. @throws ResourceNotFoundError */
  get(kid: string): SigningKey {
    const found = this.ring.find(({ key }) => key.kid === kid);
    if (!found) throw new ResourceNotFoundError('key', kid);
    return found.key;
  }

  /** Makes a new key active. The previous key stays published, so that its tokens verify until they expire. */
  async rotate(): Promise<SigningKey> {
    if (this.ring.length >= KEY_LIMIT) throw new TooManyResourcesError('keys', KEY_LIMIT);
    const created_at = this.now();
    const key = await SigningKey.generate(newId('ins', created_at));
    this.ring.push({ key, created_at, retired_at: null });
    this.notices.add('key.rotated', { kid: key.kid });
    this.state.markChanged();
    return key;
  }

  /** Removes a key from the JWKS. Verifiers reject its tokens once their cached JWKS has expired. */
  retire(kid: string): void {
    if (this.active === this.get(kid)) throw new KeyActiveError(kid);
    const index = this.ring.findIndex(({ key }) => key.kid === kid);
    const before = this.ring[index];
    if (!before || before.retired_at !== null) return;
    this.ring[index] = { ...before, retired_at: this.now() };
    this.notices.add('key.retired', { kid });
    this.state.markChanged();
  }
}
