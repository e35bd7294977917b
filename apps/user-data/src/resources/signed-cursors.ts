import { type KeyObject, createHmac, timingSafeEqual } from 'node:crypto';
import { type Live } from '@gatehouse/config';
import { RequestRefusedError, fieldRefused } from '@gatehouse/messaging';

/** What a cursor belongs to: the list, its owner, its filter and its sort order. */
export type CursorBinding = readonly unknown[];

const SIGNATURE_BYTES = 32;

/**
 * Signed, opaque cursors of lists. A cursor holds the sort key of the last row of a page, with an HMAC-SHA-256 over it and
 * its binding. So a client can neither make a cursor, nor use it in another list, for another user or with another
 * filter or sort order: the HMAC would differ.
 */
export class SignedCursors {
  /** @param secrets the first signs; all verify */
  constructor(private readonly secrets: Live<readonly KeyObject[]>) {}

  sign(binding: CursorBinding, key: readonly string[]): string {
    const payload = JSON.stringify(key);
    const [secret] = this.secrets.current;
    if (secret === undefined) throw new RequestRefusedError('unavailable', 'no secret signs cursors');
    return Buffer.concat([signature(secret, binding, payload), Buffer.from(payload)]).toString('base64url');
  }

  /**
   * Returns the sort key of a cursor.
   * @throws RequestRefusedError `invalid_request` for a cursor that was not signed for this binding
   */
  read(binding: CursorBinding, cursor: string): readonly string[] {
    const bytes = Buffer.from(cursor, 'base64url');
    const [signed, payload] = [bytes.subarray(0, SIGNATURE_BYTES), bytes.subarray(SIGNATURE_BYTES).toString()];
    const isOurs =
      signed.length === SIGNATURE_BYTES &&
      bytes.toString('base64url') === cursor &&
      this.secrets.current.some((secret) => timingSafeEqual(signed, signature(secret, binding, payload)));
    if (isOurs) return JSON.parse(payload) as string[];
    throw fieldRefused(
      'invalid_request',
      'cursor',
      'is not a cursor of this list. Use it with the filter, the sort order and the user that it came with.',
    );
  }
}

function signature(secret: KeyObject, binding: CursorBinding, payload: string): Buffer {
  return createHmac('sha256', secret)
    .update(JSON.stringify([...binding, payload]))
    .digest();
}
