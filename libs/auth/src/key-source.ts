import { type KeyObject } from 'node:crypto';
import { rsaKeyFromPem } from './rsa-key';

/** Where the public keys for verifying tokens come from. */
export interface KeySource {
  /** The key of this id; undefined when no such key exists. Throws KeysUnavailableError when that cannot be told. */
  find(kid: string | undefined): Promise<KeyObject | undefined>;
  /**
   * The key that has taken the place of `known` under the same id, as Clerk's does, whose id is that of the instance;
   * undefined when nothing but `known` is to be had. Never throws.
   */
  findSuccessor(kid: string | undefined, known: KeyObject): Promise<KeyObject | undefined>;
  /** Makes sure that at least one key is at hand. Throws KeysUnavailableError. */
  load(): Promise<void>;
  /** Calls `listener` whenever the keys have changed. */
  onChange(listener: () => void): void;
}

/** The one RSA key that an operator pinned, whatever the token calls it. Throws KeyInvalidError. */
export function pinnedKey(pem: string): KeySource {
  const key = rsaKeyFromPem(pem);
  return {
    find: async () => key,
    findSuccessor: async () => undefined,
    load: async () => undefined,
    onChange: () => undefined,
  };
}
