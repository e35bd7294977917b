import { type Clients } from './clients';

interface Delivery {
  readonly message_id: string;
  readonly status: string;
  readonly attempts: { readonly status: number | null }[];
}

interface Identifier {
  readonly id: string;
  readonly email_address: string;
}

interface ClerkUser {
  readonly id: string;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly banned: boolean;
  readonly primary_email_address_id: string | null;
  readonly email_addresses: Identifier[];
  readonly public_metadata: { readonly dbId?: string; readonly role?: string };
}

interface Truth {
  readonly users: ClerkUser[];
  readonly deleted_user_ids: string[];
}

interface Row {
  readonly id: string;
  readonly clerk_user_id: string;
  readonly email: string | null;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly clerk_banned: boolean;
  readonly role: string;
  readonly deleted: boolean;
}

/** Everything that is not as if no release had changed; all lists are empty when nothing was lost or repeated. */
export interface Differences {
  /** Attempts of Clerk that were not answered with 200, and deliveries that wait for an attempt. */
  readonly deliveries: unknown[];
  /** Deliveries that the ledger does not have. */
  readonly unrecorded: string[];
  /** Events that are not applied, or whose outcome the ledger does not have. */
  readonly open: unknown[];
  /** Users whose creation was applied more than once. */
  readonly createdTwice: unknown[];
  /** Users whose row differs from Clerk's, or whose id and role Clerk does not have. */
  readonly users: unknown[];
}

/** Compares the ledger and the users table with the emulator. */
export async function differencesFrom(clients: Clients): Promise<Differences> {
  const { deployment } = clients;
  const { data: deliveries } = (await clients.control('deliveries?limit=9999')) as { data: Delivery[] };
  const ledger = await deployment.query<{ webhook_id: string; event_type: string; status: string }>(
    'ingest',
    'SELECT webhook_id, event_type, status FROM webhook_events',
  );
  const recorded = new Set(ledger.map(({ webhook_id: id }) => id));
  const applied = await deployment.query<{ webhook_id: string }>('users', 'SELECT webhook_id FROM applied_events');
  const inUsers = new Set(applied.map(({ webhook_id: id }) => id));
  return {
    deliveries: deliveries.filter(
      ({ status, attempts }) => status !== 'delivered' || attempts.some((attempt) => attempt.status !== 200),
    ),
    unrecorded: deliveries.map(({ message_id: id }) => id).filter((id) => !recorded.has(id)),
    open: ledger.filter(
      ({ webhook_id: id, event_type: type, status }) =>
        status !== 'success' || (type.startsWith('user.') && !inUsers.has(id)),
    ),
    createdTwice: await deployment.query(
      'users',
      `SELECT clerk_user_id FROM applied_events WHERE decision = 'create' GROUP BY clerk_user_id HAVING count(*) > 1`,
    ),
    users: await differingUsers(clients),
  };
}

async function differingUsers(clients: Clients): Promise<unknown[]> {
  const { users, deleted_user_ids: deleted } = (await clients.control('truth')) as Truth;
  const rows = await clients.deployment.query<Row>(
    'users',
    `SELECT id, clerk_user_id, email, first_name, last_name, clerk_banned, role, deleted_at IS NOT NULL AS deleted
       FROM users WHERE clerk_user_id IS NOT NULL`,
  );
  const rowOf = new Map(rows.map((row) => [row.clerk_user_id, row]));
  const changed = users.flatMap((user) => {
    const row = rowOf.get(user.id);
    const wanted = { ...shownByClerk(user), dbId: row?.id, role: row?.role, deleted: false };
    const found = { ...(row && shownHere(row)), ...ours(user), deleted: row?.deleted };
    return JSON.stringify(wanted) === JSON.stringify(found) ? [] : [{ id: user.id, wanted, found }];
  });
  const gone = new Set(deleted);
  const known = new Set(users.map(({ id }) => id));
  const kept = rows.filter((row) => (gone.has(row.clerk_user_id) ? !row.deleted : !known.has(row.clerk_user_id)));
  return [...changed, ...kept];
}

function shownByClerk(user: ClerkUser): object {
  const email = user.email_addresses.find(({ id }) => id === user.primary_email_address_id)?.email_address ?? null;
  return { email, firstName: user.first_name, lastName: user.last_name, banned: user.banned };
}

function shownHere(row: Row): object {
  return { email: row.email, firstName: row.first_name, lastName: row.last_name, banned: row.clerk_banned };
}

function ours({ public_metadata: { dbId, role } }: ClerkUser): object {
  return { dbId, role };
}
