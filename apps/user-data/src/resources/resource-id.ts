import { randomBytes } from 'node:crypto';

const TIME_BYTES = 6;
const VERSION_7 = 0x70;
const VARIANT = 0x80;

/**
 * Id of a new resource: a UUID of version 7. It begins with the time, so that new rows are next to each other in the
 * index of the primary key: random ids would touch a page of the index each, which shows at millions of rows. The time
 * is no secret, because every resource shows when it was created. 74 bits are random, so ids cannot be guessed; that is
 * not needed either, because row-level security protects them.
 * @see https://www.rfc-editor.org/rfc/rfc9562#section-5.7
 */
export function newResourceId(now: number = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, TIME_BYTES);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | VERSION_7, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | VARIANT, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
