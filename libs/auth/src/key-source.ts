import { type KeyObject } from 'node:crypto';
import { rsaKeyFromPem } from './rsa-key';

/** What was found out about the key that replaced another under the same id. */
export interface Successor {
  /** Undefined when there is none, as far as is known. */
  readonly key: KeyObject | undefined;
  /** After how many milliseconds the source can be asked; undefined when it has just answered. */
  readonly recheckAfterMs: number | undefined;
}

/** Where the public keys for verifying tokens come from. */
export interface KeySource {
  /**
   * Returns the key with this id; undefined when the source, asked after the call, named no such key. Throws
   * KeysUnavailableError when the source could not be asked, with the time after which it can be.
   */
  find(kid: string | undefined): Promise<KeyObject | undefined>;
  /** Looks for the key that replaced `known` under the same id, as Clerk's does, whose id is the instance's. Never throws. */
  findSuccessor(kid: string | undefined, known: KeyObject): Promise<Successor>;
  /** Makes sure that at least one key is at hand. Throws KeysUnavailableError. */
  load(): Promise<void>;
  /** Calls `listener` whenever the keys have changed. */
  onChange(listener: () => void): void;
}

/** Returns a source of the one RSA key that an operator pinned, whatever the token calls it. Throws KeyInvalidError. */
export function pinnedKey(pem: string): KeySource {
  const key = rsaKeyFromPem(pem);
  return {
    find: async () => key,
    findSuccessor: async () => ({ key: undefined, recheckAfterMs: undefined }),
    load: async () => undefined,
    onChange: () => undefined,
  };
}
