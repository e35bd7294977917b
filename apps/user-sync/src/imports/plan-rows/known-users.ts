import { type ImportedUser } from '@gatehouse/contracts';
import { type EntityManager, In } from 'typeorm';
import { UserEntity } from '../../database/user.entity';
import { type KnownUser, knownUser } from './user-fields';

/** A row to decide, with the Clerk id of the user who has its external id at Clerk. */
export interface RowToDecide {
  readonly content: ImportedUser;
  readonly clerkUserId: string | null;
  /** By Clerk id: external ids at Clerk, as far as Clerk was asked. */
  readonly externalIds?: ReadonlyMap<string, string>;
}

/**
 * Most users that are read for one address. Those who have verified it come first. One that is not the row's user is
 * enough to decide.
 */
const MAX_HOLDERS = 3;

/** The stored users who have an identifier or an address of rows. */
export class KnownUsers {
  private readonly externalIds = new Map<string | null, KnownUser>();
  private readonly clerkUserIds = new Map<string | null, KnownUser>();
  private readonly stripeCustomers = new Map<string | null, KnownUser>();
  private readonly emails = new Map<string, KnownUser[]>();
  private readonly phones = new Map<string, KnownUser[]>();

  constructor(
    users: readonly KnownUser[],
    private readonly tombstones: ReadonlySet<string> = new Set(),
  ) {
    for (const user of users) this.add(user);
  }

  /** Adds a user, or the new values of one. */
  add(user: KnownUser): void {
    const { externalId, stripeCustomerId, email, phoneNumber } = user.values;
    this.externalIds.set(externalId, user);
    this.clerkUserIds.set(user.clerkUserId, user);
    this.stripeCustomers.set(stripeCustomerId, user);
    if (user.isDeleted) return;
    if (email !== null) add(this.emails, email.toLowerCase(), user);
    if (phoneNumber !== null) add(this.phones, phoneNumber, user);
  }

  byExternalId(externalId: string): KnownUser | undefined {
    return this.externalIds.get(externalId);
  }

  byClerkUserId(id: string): KnownUser | undefined {
    return this.clerkUserIds.get(id);
  }

  byStripeCustomer(id: string): KnownUser | undefined {
    return this.stripeCustomers.get(id);
  }

  /** The live users who have the e-mail address, verified or not. */
  withEmail(email: string): readonly KnownUser[] {
    return this.emails.get(email.toLowerCase()) ?? [];
  }

  /** The live users who have the phone number, verified or not. */
  withPhone(phoneNumber: string): readonly KnownUser[] {
    return this.phones.get(phoneNumber) ?? [];
  }

  /** Whether Clerk has deleted the user. */
  isTombstone(clerkUserId: string): boolean {
    return this.tombstones.has(clerkUserId);
  }
}

function add(index: Map<string, KnownUser[]>, key: string, user: KnownUser): void {
  const users = index.get(key);
  if (users === undefined) index.set(key, [user]);
  else users.push(user);
}

/**
 * Loads the users who matter for the decisions about `rows`. `lock`: locks them until the transaction ends, in the order
 * of their ids.
 */
export async function loadKnownUsers(
  manager: EntityManager,
  rows: readonly RowToDecide[],
  lock = false,
): Promise<KnownUsers> {
  const of = (field: keyof ImportedUser) => rows.flatMap(({ content }) => content[field] ?? []);
  const clerkUserIds = [...of('clerkUserId'), ...rows.flatMap(({ clerkUserId }) => clerkUserId ?? [])];
  const found = await manager.query<{ id: string }[]>(FIND, [
    of('externalId'),
    clerkUserIds,
    of('email'),
    of('phoneNumber'),
    of('stripeCustomerId'),
  ]);
  const users = await manager.find(UserEntity, {
    where: { id: In(found.map(({ id }) => id)) },
    order: { id: 'ASC' },
    ...(lock && { lock: { mode: 'for_no_key_update' } }),
  });
  const tombstones = await manager.query<{ clerk_user_id: string }[]>(
    'SELECT clerk_user_id FROM clerk_tombstones WHERE clerk_user_id = ANY($1::text[])',
    [clerkUserIds],
  );
  return new KnownUsers(users.map(knownUser), new Set(tombstones.map(({ clerk_user_id }) => clerk_user_id)));
}

const FIND = `
  SELECT id FROM users WHERE external_id = ANY($1::text[])
  UNION SELECT id FROM users WHERE clerk_user_id = ANY($2::text[])
  UNION SELECT u.id FROM (SELECT DISTINCT lower(email) AS email FROM unnest($3::text[]) AS email) AS wanted,
         LATERAL (SELECT id FROM users WHERE lower(users.email) = wanted.email AND deleted_at IS NULL
                   ORDER BY email_verified DESC, auth_provider DESC LIMIT ${MAX_HOLDERS}) AS u
  UNION SELECT u.id FROM (SELECT DISTINCT unnest($4::text[]) AS phone_number) AS wanted,
         LATERAL (SELECT id FROM users WHERE users.phone_number = wanted.phone_number AND deleted_at IS NULL
                   ORDER BY phone_verified DESC LIMIT ${MAX_HOLDERS}) AS u
  UNION SELECT id FROM users WHERE stripe_customer_id = ANY($5::text[])`;
