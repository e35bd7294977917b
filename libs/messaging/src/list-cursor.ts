import { uuidSchema } from '@gatehouse/contracts';
import { z } from 'zod';
import { fieldRefused } from './errors';

/** One page of a list, as its contract defines it. */
export interface Page<Item> {
  readonly items: Item[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

/** Cursors of a list: opaque texts that hold the sort key of the last row of a page. */
export class ListCursor<Key> {
  constructor(private readonly key: z.ZodType<Key>) {}

  /**
   * The sort key after which the page begins; undefined for the first page.
   * @throws RequestRefusedError `invalid_request` when the text is not a cursor of this list
   */
  read(cursor: string | undefined): Key | undefined {
    if (cursor === undefined) return undefined;
    const key = this.key.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
    if (!key.success || encode(key.data) !== cursor) {
      throw fieldRefused('invalid_request', 'cursor', 'is not a cursor of this list');
    }
    return key.data;
  }

  /**
   * Makes a page of the rows that were read.
   * @param rows at most `limit + 1`; the extra row only shows that there is a next page
   */
  page<Row>(rows: readonly Row[], limit: number, keyOf: (row: Row) => Key): Page<Row> {
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return { items, nextCursor: rows.length > limit && last !== undefined ? encode(keyOf(last)) : null };
  }
}

/** Cursors of lists that are sorted by a bigint id. */
export const idCursor = new ListCursor(z.string().regex(/^[1-9]\d{0,17}$/));

/** Cursors of lists that are sorted by a positive number. */
export const numberCursor = new ListCursor(z.int().positive());

/** Cursors of lists that are sorted by a UUID. */
export const uuidCursor = new ListCursor(uuidSchema);

/** The last moment of the year 9999; milliseconds since the epoch. PostgreSQL does not read the ISO form of later years. */
const MAX_TIME = 253_402_300_799_999;

/** Cursors of lists that are sorted by a time, in milliseconds since the epoch, and then by a UUID. */
export const timeCursor = new ListCursor(z.tuple([z.int().min(0).max(MAX_TIME), uuidSchema]));

function encode(key: unknown): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
