import { type Clients, type Headers, type SignedIn } from './clients';

/** Something that clients do again and again. A round throws if any response is not the right one. */
export interface Work {
  readonly name: string;
  round(n: number): Promise<void>;
}

const READS = 10;
const PAGES = 5;
const PAGE_SIZE = 20;
/** Longer than the test, so that gateways reject the token of an ended session for no other reason. */
const TOKEN_SECONDS = 3_600;

/** What the clients of a deployment do, all at the same time. */
export async function worksOf(clients: Clients): Promise<Work[]> {
  const admin = await clients.signInAdmin();
  const asAdmin = () => admin.bearer();
  await clients.call('/api/me', { headers: await asAdmin() });
  /** A signed-in user who may send many requests. */
  const caller = async (): Promise<SignedIn & { readonly id: string }> => {
    const signedIn = await clients.signIn();
    const { id } = await clients.call('/api/me', { headers: await signedIn.bearer() });
    const tier = { method: 'PUT', headers: await asAdmin(), body: { tier: 'enterprise' } };
    await clients.call(`/admin/users/${id}/tier`, tier);
    return { ...signedIn, id: id as string };
  };
  return [
    changesAtClerk(clients),
    await reads(clients, await caller()),
    firstLogins(clients),
    keys(clients, await caller()),
    localUsers(clients, asAdmin),
    await rights(clients, asAdmin, await caller()),
    lists(clients, asAdmin),
  ];
}

/** Users are created, changed and deleted at Clerk. */
function changesAtClerk(clients: Clients): Work {
  return {
    name: 'changes at Clerk',
    round: async (n) => {
      const { users } = clients.clerk;
      const { id } = await clients.newClerkUser({ firstName: `Made${n}`, publicMetadata: { kept: n } });
      await users.updateUser(id, { lastName: `Changed${n}` });
      if (n % 3 === 0) await users.banUser(id);
      if (n % 4 === 0) await users.deleteUser(id);
    },
  };
}

/** A user reads with a session and with an API key. */
async function reads(clients: Clients, { id, bearer }: SignedIn & { readonly id: string }): Promise<Work> {
  const { key } = await newKey(clients, await bearer());
  const own = async (headers: Headers) => {
    const me = await clients.call('/api/me', { headers });
    if (me.id !== id) throw new Error(`/api/me is ${me.id} in place of ${id}`);
  };
  return {
    name: 'reads',
    round: async () => {
      for (let n = 0; n < READS; n += 1) {
        await own(await bearer());
        await own({ 'x-api-key': key });
        await clients.call('/auth/session', { headers: await bearer() });
      }
    },
  };
}

/** A user signs in for the first time, before or after its webhook, and signs out at Clerk. */
function firstLogins(clients: Clients): Work {
  return {
    name: 'first logins',
    round: async () => {
      const { userId, sessionId } = await clients.signIn();
      const { jwt } = await clients.clerk.sessions.getToken(sessionId, undefined, TOKEN_SECONDS);
      const headers = { authorization: `Bearer ${jwt}` };
      await clients.call('/api/me', { headers });
      await clients.clerk.sessions.revokeSession(sessionId);
      await clients.becomesRejectedEverywhere(headers).catch(async (cause: Error) => {
        throw new Error(`${cause.message}; its events: ${JSON.stringify(await eventsOf(clients, userId))}`, { cause });
      });
    },
  };
}

/**
 * What the ledger says about the events of a Clerk user, and about those that are not applied yet. Tells an event that
 * came late from a gateway that missed it.
 */
function eventsOf({ deployment }: Clients, clerkUserId: string): Promise<object[]> {
  return deployment.query(
    'ingest',
    `SELECT event_type, status, retry_count, error_message, created_at, published_at, processed_at
       FROM webhook_events WHERE clerk_user_id = $1 OR processed_at IS NULL ORDER BY created_at`,
    [clerkUserId],
  );
}

/** A user creates an API key, uses it and revokes it. */
function keys(clients: Clients, { bearer }: SignedIn): Work {
  return {
    name: 'API keys',
    round: async () => {
      const headers = await bearer();
      const { id, key } = await newKey(clients, headers);
      await clients.call('/api/me', { headers: { 'x-api-key': key } });
      await clients.call('/api/keys', { headers });
      await clients.call(`/api/keys/${id}`, { method: 'DELETE', headers });
      await clients.rejectedEverywhere({ 'x-api-key': key });
    },
  };
}

/** A local user is created, sets its password, logs in and logs out. */
function localUsers(clients: Clients, asAdmin: () => Promise<Headers>): Work {
  return {
    name: 'Gatehouse tokens',
    round: async (n) => {
      const email = `local-${n}@example.com`;
      const password = 'correct horse battery staple';
      const creation = { method: 'POST', headers: await asAdmin(), body: { email }, expect: [201] };
      const { passwordToken } = await clients.call('/admin/users', creation);
      await clients.call('/auth/password', { method: 'POST', body: { token: passwordToken.token, password } });
      const { token } = await clients.call('/auth/login', { method: 'POST', body: { email, password } });
      const headers = { authorization: `Bearer ${token}` };
      await clients.call('/api/me', { headers });
      await clients.call('/auth/logout', { method: 'POST', headers, body: {} });
      await clients.rejectedEverywhere(headers);
    },
  };
}

/** An admin changes a user's role, and deactivates and activates it. */
async function rights(
  clients: Clients,
  asAdmin: () => Promise<Headers>,
  { id, bearer }: SignedIn & { readonly id: string },
): Promise<Work> {
  const key = { 'x-api-key': (await newKey(clients, await bearer())).key };
  const change = async (method: string, action: string, body: object) =>
    clients.call(`/admin/users/${id}/${action}`, { method, headers: await asAdmin(), body });
  return {
    name: 'trust changes',
    round: async (n) => {
      const role = n % 2 === 0 ? 'developer' : 'user';
      await change('PUT', 'role', { role });
      const me = await clients.call('/api/me', { headers: key });
      if (me.role !== role) throw new Error(`the role is ${me.role} in place of ${role}`);
      await change('POST', 'deactivate', {});
      await clients.rejectedEverywhere(key);
      await clients.rejectedEverywhere(await bearer());
      await change('POST', 'activate', {});
      await clients.call('/api/me', { headers: key });
      await clients.call('/api/me', { headers: await bearer() });
    },
  };
}

/** An admin reads lists page by page, each page from the next replica, and the history of a user. */
function lists(clients: Clients, asAdmin: () => Promise<Headers>): Work {
  return {
    name: 'admin reads',
    round: async () => {
      const get = async (path: string) => clients.call(path, { headers: await asAdmin() });
      for (const path of ['/admin/users', '/admin/webhook-events', '/admin/audit', '/admin/keys']) {
        const seen = new Set<string>();
        let cursor: string | null = '';
        for (let page = 0; page < PAGES && cursor !== null; page += 1) {
          const { items, nextCursor } = await get(
            `${path}?limit=${PAGE_SIZE}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
          );
          for (const { id } of items as { id: string }[]) {
            if (seen.has(id)) throw new Error(`${path} has ${id} on two pages`);
            seen.add(id);
          }
          cursor = nextCursor;
        }
      }
      await get('/admin/stats');
      await get('/admin/write-backs');
      const { items } = await get('/admin/users?limit=1');
      await get(`/admin/users/${items[0].id}/explain`);
    },
  };
}

async function newKey(clients: Clients, headers: Headers): Promise<{ id: string; key: string }> {
  const draft = { method: 'POST', headers, body: { name: 'k', scopes: ['profile:read'] }, expect: [201] };
  const { id, key } = await clients.call('/api/keys', draft);
  return { id: id as string, key: key as string };
}
