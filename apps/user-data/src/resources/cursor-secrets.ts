import { type KeyObject, createSecretKey } from 'node:crypto';
import { CursorSecretInvalidError } from '../errors';

const MIN_BYTES = 32;
const MAX_SECRETS = 2;

/**
 * Converts one secret, or two while one replaces the other, to keys.
 * @throws CursorSecretInvalidError
 */
export function cursorSecrets(texts: readonly string[]): readonly KeyObject[] {
  const isUsable =
    texts.length >= 1 &&
    texts.length <= MAX_SECRETS &&
    new Set(texts).size === texts.length &&
    texts.every((text) => Buffer.byteLength(text) >= MIN_BYTES);
  if (!isUsable) throw new CursorSecretInvalidError();
  return texts.map((text) => createSecretKey(Buffer.from(text)));
}
