import { isDeepStrictEqual } from 'node:util';
import { type Pool } from 'pg';
import { type PublicMetadata, metadataNames } from '../../src/clerk-user/company-metadata';
import { digestOf } from '../../src/write-back/metadata/metadata-value';
import { type ClerkModel } from './clerk-model';
import { type MetadataName } from './company-metadata-model';

interface Row {
  readonly id: string;
  readonly clerk_user_id: string;
  readonly role: string;
}

/** Compares the metadata at Clerk with the database. */
export class MetadataWitness {
  /** Wanted values that the write-back has read at Clerk. */
  private equal: { userId: string; clerkUserId: string; name: MetadataName; value: string }[] = [];

  constructor(
    private readonly sql: Pool,
    private readonly clerk: ClerkModel,
  ) {}

  /** Reads metadata for the write-back, and remembers the values that are already the wanted ones. */
  async read(ids: readonly string[]): Promise<ReadonlyMap<string, PublicMetadata>> {
    const { rows } = await this.sql.query<Row>(
      'SELECT id, clerk_user_id, role FROM users WHERE clerk_user_id = ANY($1::text[])',
      [ids],
    );
    for (const { id, clerk_user_id: clerkUserId, role } of rows) {
      const held = this.clerk.metadata().find((person) => person.id === clerkUserId)?.metadata.json;
      for (const [name, value] of [['role', role] as const, ['dbId', id] as const]) {
        if (held?.[name] === value) this.equal.push({ userId: id, clerkUserId, name, value });
      }
    }
    return this.clerk.read(ids);
  }

  /** After a round of write-backs: makes equal values of the company ours, if the round has recorded them as ours. */
  async adoptEqual(): Promise<void> {
    for (const { userId, clerkUserId, name, value } of this.equal.splice(0)) {
      const { rows } = await this.sql.query<{ written: string | null }>(
        `SELECT ours -> $2 ->> 'written' AS written FROM write_backs WHERE user_id = $1`,
        [userId, name],
      );
      const person = this.clerk.metadata().find(({ id }) => id === clerkUserId);
      if (rows[0]?.written === value) person?.metadata.adopt(name, value);
    }
  }

  /**
   * Faults in Clerk's metadata when no write-back is pending: an overwritten value of the company, a key with neither our
   * value nor a collision, or a collision over a value that Clerk does not hold.
   */
  async faults(): Promise<unknown[]> {
    const { rows } = await this.sql.query<Row & { current: { readonly key: string; readonly digest: string }[] }>(
      `SELECT u.id, u.clerk_user_id, u.role, coalesce((
         SELECT jsonb_agg(jsonb_build_object('key', c.key, 'digest', c.digest)) FROM metadata_collisions c
          WHERE c.user_id = u.id AND c.state IN ('open', 'taking', 'left')), '[]') AS current
         FROM users u WHERE u.deleted_at IS NULL AND u.clerk_user_id IS NOT NULL`,
    );
    const byId = new Map(rows.map((row) => [row.clerk_user_id, row]));
    return this.clerk.metadata().flatMap(({ id, metadata }): unknown[] => {
      const row = byId.get(id);
      const wanted = { dbId: row?.id, role: row?.role };
      const held = metadata.json;
      const foreign = metadataNames.filter((name) => held[name] !== wanted[name]);
      const expected = foreign.map((key) => ({ key, digest: digestOf(held[key]) }));
      const faults: unknown[] = metadata.overwritten.map((value) => ({ id, overwritten: value }));
      if (foreign.some((name) => !metadata.isForeign(name))) faults.push({ id, notWritten: held, wanted });
      const sorted = [...(row?.current ?? [])].sort((a, b) => (a.key < b.key ? -1 : 1));
      if (!isDeepStrictEqual(sorted, expected)) faults.push({ id, held, wanted, collisions: row?.current });
      return faults;
    });
  }
}
