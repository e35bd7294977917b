import { randomInt, randomUUID } from 'node:crypto';
import { type ClerkClient, createClerkClient } from '@clerk/backend';
import { type ParsedJson, PATIENCE_MS, eventually } from '@gatehouse/testing';
import { sessionBearer } from '../session-bearer';
import { type Stack } from '../stack';
import { type Attempt, type Somebody, bodies } from './attempts';
import { type Names } from './names';

export type Headers = Readonly<Record<string, string>>;

/** A response as its receiver sees it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** A person who is signed in at Clerk, has an API key with all scopes, and a Gatehouse token. */
export interface Person {
  readonly userId: string;
  readonly clerkUserId: string;
  readonly clerkSessionId: string;
  readonly email: string;
  readonly phone: string;
  readonly key: { readonly id: string; readonly secret: string };
  readonly gatehouseToken: string;
  /** Headers with each kind of credential. */
  readonly credentials: Readonly<Record<'API key' | 'Clerk session' | 'Gatehouse token', () => Promise<Headers>>>;
}

/** Signs people in and calls the gateway for them. */
export class People {
  private readonly clerk: ClerkClient;
  private phones = 1_000 + randomInt(5_000);
  private admin: Promise<() => Promise<Headers>> | undefined;

  constructor(private readonly stack: Stack) {
    const { environments, ports } = stack.gatehouse;
    const secretKey = environments['clerk-emulator'].CLERK_SECRET_KEY ?? '';
    this.clerk = createClerkClient({ secretKey, apiUrl: `http://127.0.0.1:${ports.emulator}` });
  }

  /** Calls the gateway. */
  async send(method: string, { path, body, headers }: Attempt, credential: Headers): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${this.stack.gatehouse.ports.gateway}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...credential, ...(body && { 'content-type': 'application/json' }), ...headers },
      ...(body && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return { status: response.status, headers: Object.fromEntries(response.headers), text: await textOf(response) };
  }

  /** Calls the gateway; the response must be a success. */
  async call(method: string, attempt: Attempt, credential: Headers): Promise<ParsedJson> {
    const { status, text } = await this.send(method, attempt, credential);
    if (status < 300) return JSON.parse(text);
    throw new Error(`${method} ${attempt.path}: ${status} ${text}`);
  }

  /** Creates a person, whose tier allows many requests. `called`: part of the name. */
  async person(called: string): Promise<Person> {
    const email = `${randomUUID()}@example.com`;
    const phone = `+1201555${String((this.phones += 1)).padStart(4, '0')}`;
    const { id: clerkUserId } = await this.clerk.users.createUser({
      ...{ emailAddress: [email], phoneNumber: [phone], firstName: called, lastName: called },
      skipPasswordRequirement: true,
    });
    const { sessionId: clerkSessionId, bearer } = await this.signIn(clerkUserId);
    const { id: userId } = await this.call('GET', { path: '/api/me' }, await bearer());
    const tier = { path: `/admin/users/${userId}/tier`, body: { tier: 'enterprise' } };
    await this.call('PUT', tier, await this.asAdmin());
    const exchange = { path: '/auth/verify-clerk-token', body: {} };
    const { token: gatehouseToken } = await this.call('POST', exchange, await bearer());
    const made = await this.call('POST', { path: '/api/keys', body: bodies.key }, await bearer());
    return {
      ...{ userId, clerkUserId, clerkSessionId, email, phone, gatehouseToken },
      key: { id: made.id, secret: made.key },
      credentials: {
        'API key': async () => ({ 'x-api-key': made.key }),
        'Clerk session': bearer,
        'Gatehouse token': async () => ({ authorization: `Bearer ${gatehouseToken}` }),
      },
    };
  }

  /** Gives a person data of every kind, with `marker` in each text. */
  async furnish(person: Person, marker: string): Promise<Somebody> {
    const headers = await person.credentials['Clerk session']();
    const idempotencyKey = randomUUID();
    const create = async (path: string, body: object) =>
      this.call('POST', { path, body, headers: { 'idempotency-key': idempotencyKey } }, headers);
    const me = await this.call('PATCH', { path: '/api/me', body: { bio: marker, shopName: marker } }, headers);
    const reservation = await create('/api/tokens/reservations', { amount: 7 });
    await create('/api/tokens/consume', { amount: 11 });
    const ids = new Map<string, string>();
    const cursors: Record<string, string> = {};
    for (const [path, body] of Object.entries(listed(marker))) {
      ids.set(path, (await create(path, body)).id);
      // A second one, so that the list has a second page.
      await this.call('POST', { path, body }, headers);
      cursors[path] = (await this.call('GET', { path: `${path}?limit=1` }, headers)).nextCursor as string;
    }
    const idOf = (path: keyof ReturnType<typeof listed>) => ids.get(path) ?? '';
    const { items: sessions } = await this.call('GET', { path: '/api/auth-sessions' }, headers);
    const ofGatehouse = (sessions as { id: string; kind: string }[]).find(({ kind }) => kind === 'phone');
    const names: Names = {
      ...{ userId: person.userId, clerkUserId: person.clerkUserId, email: person.email, phone: person.phone },
      ...{ referralCode: me.referralCode, keyId: idOf('/api/keys'), reservationId: reservation.id },
      ...{ itemId: idOf('/api/items'), templateId: idOf('/api/templates') },
      assistantSessionId: idOf('/api/sessions'),
      ...{ clerkSessionId: person.clerkSessionId, gatehouseSessionId: ofGatehouse?.id ?? '' },
    };
    return { names, idempotencyKey, cursors };
  }

  /** Waits until nothing in the background changes what is stored about a person any more. */
  async settled({ clerkUserId }: Person): Promise<void> {
    const { users, ledger } = this.stack;
    await eventually(async () => {
      const { updatedAt } = await this.clerk.users.getUser(clerkUserId);
      const { rows } = await users.query<object>(
        `SELECT u.clerk_updated_at AS version, w.state FROM users u JOIN write_backs w ON w.user_id = u.id
           WHERE u.clerk_user_id = $1`,
        [clerkUserId],
      );
      expect(rows).toEqual([{ version: String(updatedAt), state: 'done' }]);
      const open = await ledger.query(`SELECT FROM webhook_events WHERE status IN ('pending', 'processing')`);
      expect(open.rowCount).toBe(0);
    });
  }

  /** Deletes a person at Clerk, which sends the webhook. */
  async deleteAtClerk({ clerkUserId }: Person): Promise<void> {
    await this.clerk.users.deleteUser(clerkUserId);
  }

  /** Headers with the credential of an admin. */
  asAdmin(): Promise<Headers> {
    this.admin ??= this.clerk.users
      .createUser({
        ...{ emailAddress: [`${randomUUID()}@example.com`], skipPasswordRequirement: true },
        publicMetadata: { role: 'admin' },
      })
      .then(async ({ id }) => (await this.signIn(id)).bearer);
    return this.admin.then((bearer) => bearer());
  }

  /** Signs a person in at Clerk. */
  async signIn(clerkUserId: string): Promise<{ readonly sessionId: string; bearer(): Promise<Headers> }> {
    const { id: sessionId } = await this.clerk.sessions.createSession({ userId: clerkUserId });
    return {
      sessionId,
      bearer: sessionBearer(this.clerk, sessionId),
    };
  }
}

/** By path of a list: the body of an object in it, with `marker` in each text. */
function listed(marker: string) {
  return {
    '/api/keys': { ...bodies.key, name: marker },
    '/api/items': { title: marker },
    '/api/templates': { name: marker, body: marker },
    '/api/sessions': { name: marker, settings: { model: marker } },
    '/api/uploads': { name: marker },
  };
}

/** How long a response without an end is read; milliseconds. */
const STREAM_MS = 500;

/** The body of a response. Of server-sent events, which have no end, what arrives at first. */
async function textOf(response: Response): Promise<string> {
  if (response.headers.get('content-type') !== 'text/event-stream') return response.text();
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const ending = setTimeout(() => void reader.cancel(), STREAM_MS);
  const decoder = new TextDecoder();
  let text = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += decoder.decode(part.value);
  clearTimeout(ending);
  return text;
}
