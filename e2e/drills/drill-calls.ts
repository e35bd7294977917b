import { type Gatehouse, withClient } from '@gatehouse/local-stack';
import { type ParsedJson, eventually } from '@gatehouse/testing';

/** An answer of the gateway. */
export interface Answer {
  readonly status: number;
  readonly body: ParsedJson;
}

/** A user who is signed in at Clerk. `bearer` is the header of a session token that is valid for ten minutes. */
export interface Member {
  readonly clerkUserId: string;
  readonly bearer: Record<string, string>;
}

const TIMEOUT_MS = 30_000;

/** Path of a user in Clerk's Backend API. */
export const pathOf = ({ clerkUserId }: { readonly clerkUserId: string }) => `/v1/users/${clerkUserId}`;

/** What a drill does as clients, as Clerk, and as somebody who looks into the databases. */
export class DrillCalls {
  constructor(private readonly gatehouse: Gatehouse) {}

  async query<Row extends object>(database: 'ingest' | 'users', text: string, values: unknown[] = []): Promise<Row[]> {
    return withClient(this.gatehouse.databases[database].serviceUrl, async (client) => {
      return (await client.query<Row>(text, values)).rows;
    });
  }

  /** Sends a request to the Clerk emulator. */
  async clerk(method: string, path: string, body?: object): Promise<ParsedJson> {
    const { settings, ports } = this.gatehouse;
    const response = await fetch(`http://127.0.0.1:${ports.emulator}${path}`, {
      method,
      headers: { authorization: `Bearer ${settings.clerkSecretKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status} ${text}`);
    return text === '' ? {} : JSON.parse(text);
  }

  /** Sends a request to the gateway. */
  async call(method: string, path: string, headers: Record<string, string>, body?: object): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${this.gatehouse.ports.gateway}${path}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: response.status, body: await response.json() };
  }

  /** Asks the gateway who the holder of a credential is. */
  me(headers: Record<string, string>): Promise<Answer> {
    return this.call('GET', '/api/me', headers);
  }

  /** Creates a user at Clerk, signs it in and waits until the gateway accepts it. */
  async join(name: string, metadata: object = {}): Promise<Member> {
    const draft = { email_address: [`${name}@example.com`], first_name: name, public_metadata: metadata };
    const { id: clerkUserId } = await this.clerk('POST', '/v1/users', draft);
    const { id: sessionId } = await this.clerk('POST', '/emulator/sessions', { user_id: clerkUserId });
    const wanted = { session_id: sessionId, expires_in_seconds: 600 };
    const { jwt } = await this.clerk('POST', '/emulator/tokens', wanted);
    const bearer = { authorization: `Bearer ${jwt}` };
    await eventually(async () => expect((await this.me(bearer)).status).toBe(200));
    return { clerkUserId, bearer };
  }

  /** Creates an API key; `key` is the header with it. */
  async newKey({ bearer }: Member): Promise<{ readonly id: string; readonly key: Record<string, string> }> {
    const made = await this.call('POST', '/api/keys', bearer, { name: 'drill', scopes: ['profile:read'] });
    expect(made.status).toBe(201);
    return { id: made.body.id as string, key: { 'x-api-key': made.body.key as string } };
  }

  /** Our id of a Clerk user. */
  async idOf({ clerkUserId }: { readonly clerkUserId: string }): Promise<string> {
    const rows = await this.query<{ id: string }>('users', 'SELECT id FROM users WHERE clerk_user_id = $1', [
      clerkUserId,
    ]);
    return rows[0]?.id ?? '';
  }

  /** The live Clerk users in the users table, by Clerk id. */
  async stored(): Promise<Map<string, unknown>> {
    const rows = await this.query<{ clerk_user_id: string }>(
      'users',
      `SELECT clerk_user_id, first_name, email, clerk_banned AS banned FROM users
        WHERE clerk_user_id IS NOT NULL AND deleted_at IS NULL ORDER BY clerk_user_id`,
    );
    return new Map(rows.map(({ clerk_user_id: id, ...row }) => [id, row]));
  }

  /** All users at Clerk, in the form of `stored`. */
  async atClerk(): Promise<Map<string, unknown>> {
    const users = (await this.clerk('GET', '/v1/users?limit=500')) as unknown as ParsedJson[];
    const sorted = users.sort((a, b) => ((a.id as string) < (b.id as string) ? -1 : 1));
    return new Map(
      sorted.map((user) => [
        user.id as string,
        {
          first_name: user.first_name,
          email: (user.email_addresses as { email_address: string }[])[0]?.email_address,
          banned: user.banned,
        },
      ]),
    );
  }

  /** Waits until the users equal Clerk's, every event is applied and every write-back is done. */
  async settled(): Promise<void> {
    await eventually(
      async () => {
        expect(await this.stored()).toEqual(await this.atClerk());
        const open = `SELECT status FROM webhook_events WHERE status IN ('pending', 'processing')`;
        expect(await this.query('ingest', open)).toEqual([]);
        expect(await this.query('users', `SELECT state FROM write_backs WHERE state <> 'done'`)).toEqual([]);
      },
      { timeoutMs: 60_000, intervalMs: 200 },
    );
  }
}
