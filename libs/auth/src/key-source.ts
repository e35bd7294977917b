import { type KeyObject } from 'node:crypto';
import { rsaKeyFromPem } from './rsa-key';

/** Result of {@link KeySource.findSuccessor}. */
export interface Successor {
  /** The new key with the same id; undefined if no new key is known. */
  readonly key: KeyObject | undefined;
  /**
   * Milliseconds until the source can be asked again. Undefined if another request would find nothing new: the source
   * has answered during this call, or its key is pinned and never changes.
   */
  readonly recheckAfterMs: number | undefined;
}

/** Source of the public keys that verify tokens. */
export interface KeySource {
  /**
   * Returns the key with the id `kid`. Returns undefined if `kid` cannot be a key id, or if the source was asked after
   * this call began and has no such key.
   * @throws KeysUnavailableError when the source could not be asked; the error says when the source can be asked again
   */
  find(kid: string | undefined): Promise<KeyObject | undefined>;
  /**
   * Looks for the key that replaced `known` under the same id. Clerk uses the id of our Clerk instance (`ins_…`) as key
   * id. So the id stays the same when Clerk replaces the key. Never throws.
   */
  findSuccessor(kid: string | undefined, known: KeyObject): Promise<Successor>;
  /**
   * Fetches the keys if none is cached.
   * @throws KeysUnavailableError
   */
  load(): Promise<void>;
  /** Calls `listener` whenever the keys have changed. */
  onChange(listener: () => void): void;
}

/**
 * Returns a source with one RSA key, which the operator configured. It returns this key for every key id.
 * @throws KeyInvalidError
 */
export function pinnedKey(pem: string): KeySource {
  const key = rsaKeyFromPem(pem);
  return {
    find: async () => key,
    findSuccessor: async () => ({ key: undefined, recheckAfterMs: undefined }),
    load: async () => undefined,
    onChange: () => undefined,
  };
}
