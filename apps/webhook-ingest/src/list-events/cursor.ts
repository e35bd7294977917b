import { RequestRefusedError } from '@gatehouse/messaging';

const ID = /^[1-9]\d{0,17}$/;

/** An opaque cursor: the page after it begins below this row. */
export function encodeCursor(id: string): string {
  return Buffer.from(`1:${id}`).toString('base64url');
}

/** The row that a cursor stands for. Throws RequestRefusedError when it is none of ours. */
export function decodeCursor(cursor: string): string {
  const [version, id = ''] = Buffer.from(cursor, 'base64url').toString('latin1').split(':');
  if (version !== '1' || !ID.test(id) || encodeCursor(id) !== cursor) {
    throw new RequestRefusedError('invalid_request', 'cursor: is not a cursor of this list');
  }
  return id;
}
