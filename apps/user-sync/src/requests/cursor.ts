import { uuidSchema } from '@gatehouse/contracts';
import { RequestRefusedError } from '@gatehouse/messaging';
import { z } from 'zod';
import { type UserEntity } from '../database/user.entity';

const cursorSchema = z.tuple([z.number().int().min(0).max(8_640_000_000_000_000), uuidSchema]);

/** Where a page ended: creation time and id of its last user. */
export interface Cursor {
  readonly createdAt: Date;
  readonly id: string;
}

/** The opaque text of a cursor. */
export function encodeCursor({ createdAt, id }: Pick<UserEntity, 'createdAt' | 'id'>): string {
  return Buffer.from(JSON.stringify([createdAt.getTime(), id])).toString('base64url');
}

/** Reads a cursor; throws a refusal when it is none of ours. */
export function decodeCursor(text: string): Cursor {
  const parsed = cursorSchema.safeParse(parseJson(Buffer.from(text, 'base64url').toString()));
  if (!parsed.success) throw refusal();
  const [createdAt, id] = parsed.data;
  return { createdAt: new Date(createdAt), id };
}

/** Reads a cursor that is the last row's id, a bigint; throws a refusal when it is none of ours. */
export function decodeIdCursor(text: string): string {
  if (/^\d{1,18}$/.test(text)) return text;
  throw refusal();
}

function refusal(): RequestRefusedError {
  return new RequestRefusedError('invalid_request', 'cursor: is not a cursor of this list');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
