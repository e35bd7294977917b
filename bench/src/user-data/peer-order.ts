import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Options of a peer, as JSON in the file that its first argument names. */
export interface PeerOrder {
  readonly port: number;
  /** Of user-data's service role, so that row-level security restricts the peer too. */
  readonly databaseUrl: string;
  readonly poolSize: number;
  /** Sends statements without waiting for the answers to those before them. Only Fastify + pg can. */
  readonly pipelined: boolean;
  readonly cursorKey: string;
  /** Pairs of the SHA-256 of an API key and its user. */
  readonly keys: readonly (readonly [hash: string, userId: string])[];
}

/** What both peers need: who calls, signed cursors, and versions. */
export class PeerBasics {
  readonly order: PeerOrder;
  private readonly users: ReadonlyMap<string, string>;

  constructor(file = process.argv[2] ?? '') {
    this.order = JSON.parse(readFileSync(file, 'utf8')) as PeerOrder;
    this.users = new Map(this.order.keys);
  }

  /** The user of an API key, by its SHA-256; undefined for an unknown key. */
  userOf(key: unknown): string | undefined {
    return typeof key === 'string' ? this.users.get(hash('sha256', key, 'hex')) : undefined;
  }

  /** A cursor: the sort key of the last row, signed, and bound to the list. */
  sign(list: string, position: readonly string[]): string {
    const text = Buffer.from(JSON.stringify(position)).toString('base64url');
    return `${text}.${this.signature(list, text).toString('base64url')}`;
  }

  /** The position in a cursor; undefined when it is not a cursor of this list. */
  read(list: string, cursor: string): readonly string[] | undefined {
    const [text = '', tag = ''] = cursor.split('.');
    const given = Buffer.from(tag, 'base64url');
    const right = this.signature(list, text);
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    return JSON.parse(Buffer.from(text, 'base64url').toString()) as string[];
  }

  private signature(list: string, text: string): Buffer {
    return createHmac('sha256', this.order.cursorKey).update(`${list}\n${text}`).digest();
  }
}

/** The ETag of a version. */
export function tagOf(version: number): string {
  return `"${version}"`;
}

/** Versions in an `If-Match` header; null without one, and for `*`. */
export function versionsIn(header: unknown): number[] | null {
  if (typeof header !== 'string' || header === '*') return null;
  return header.split(',').map((tag) => Number(tag.trim().replaceAll('"', '')));
}

/** Limits of the highest tier. */
export const limits = { tokens: 1_000_000, items: 10_000 };
