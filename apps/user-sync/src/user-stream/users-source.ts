import { type PublicUser, type Role, type Tier, type UserChange, usersStream } from '@gatehouse/contracts';
import { type StreamPage, type StreamRow, type StreamSource } from '@gatehouse/relay';
import { type EntityManager } from 'typeorm';
import { mayActSql } from '../user-rows/may-act';

interface PublishedRow {
  readonly id: string;
  readonly version: number;
  readonly clerk_user_id: string | null;
  readonly email: string | null;
  readonly email_verified: boolean;
  readonly phone_number: string | null;
  readonly phone_verified: boolean;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly full_name: string;
  readonly username: string | null;
  readonly profile_image_url: string | null;
  readonly role: Role;
  readonly subscription: Tier;
  readonly created_at: Date;
  readonly may_act: boolean;
  readonly deleted: boolean;
}

const SELECT = `SELECT id, version, clerk_user_id, email, email_verified, phone_number, phone_verified, first_name,
    last_name, full_name, username, profile_image_url, role, subscription, created_at, ${mayActSql} AS may_act,
    deleted_at IS NOT NULL AS deleted
  FROM users`;

/** Below every id of a user. */
const LOWEST = '00000000-0000-0000-0000-000000000000';

/** The users table, as `GATEHOUSE_USERS` shows it. A deleted user is a deletion: its id and version alone. */
export const usersSource: StreamSource = {
  stream: usersStream,
  subjectPrefix: 'users.changed',

  async load(manager, keys) {
    return select(manager, `${SELECT} WHERE id = ANY($1::uuid[])`, [keys]);
  },

  removed: deletion,

  async page(manager, from, limit): Promise<StreamPage> {
    const rows = await select(manager, `${SELECT} WHERE id > $1::uuid ORDER BY id LIMIT $2`, [from ?? LOWEST, limit]);
    const last = rows.at(-1);
    return rows.length < limit || last === undefined ? { rows } : { rows, next: last.key };
  },
};

async function select(manager: EntityManager, text: string, values: unknown[]): Promise<StreamRow[]> {
  return (await manager.query<PublishedRow[]>(text, values)).map(presentRow);
}

function presentRow(row: PublishedRow): StreamRow {
  const { id: key, version, deleted } = row;
  if (deleted) return deletion(key, version);
  return { key, version, deleted, message: { kind: 'user', user: presentPublicUser(row) } satisfies Content<'user'> };
}

function deletion(key: string, version: number): StreamRow {
  return { key, version, deleted: true, message: { kind: 'deleted', user: { id: key } } satisfies Content<'deleted'> };
}

/** What a message of a kind has besides the fields that the relay adds. */
type Content<Kind> = Omit<Extract<UserChange, { readonly kind: Kind }>, 'version' | 'epoch' | 'changed' | 'at'>;

function presentPublicUser(row: PublishedRow): PublicUser {
  return {
    id: row.id,
    clerkUserId: row.clerk_user_id,
    email: row.email,
    emailVerified: row.email_verified,
    phoneNumber: row.phone_number,
    phoneVerified: row.phone_verified,
    firstName: row.first_name,
    lastName: row.last_name,
    fullName: row.full_name,
    username: row.username,
    profileImageUrl: row.profile_image_url,
    role: row.role,
    tier: row.subscription,
    isActive: row.may_act,
    createdAt: row.created_at.toISOString(),
  };
}
