import { type Gatehouse, eventually } from '@gatehouse/local-stack';

const TIMEOUT_MS = 15_000;
/** Less than the lifetime of a session token, which is a minute. */
const TOKEN_FRESH_MS = 30_000;

/** Creates users at Clerk, and signs in an admin for calls of the gateway. */
export class ClerkSide {
  private sessionId: Promise<string> | undefined;
  private held: { readonly token: Promise<string>; readonly at: number } | undefined;

  constructor(private readonly gatehouse: Gatehouse) {}

  async callAsAdmin(path: string, request: RequestInit): Promise<Response> {
    if (this.held === undefined || performance.now() - this.held.at > TOKEN_FRESH_MS) {
      this.held = { token: this.token(), at: performance.now() };
    }
    return this.call(path, request, await this.held.token);
  }

  private call(path: string, request: RequestInit, token: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.gatehouse.ports.gateway}${path}`, {
      ...request,
      headers: {
        authorization: `Bearer ${token}`,
        ...(request.body == null ? {} : { 'content-type': 'application/json' }),
        ...(request.headers as Record<string, string> | undefined),
      },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  }

  /** Creates users without webhooks and returns their ids. */
  async makeUsers(count: number, name: string): Promise<string[]> {
    await this.ask('/emulator/pause', {});
    const ids: string[] = [];
    for (let n = 0; n < count; n += 1) {
      const { id } = await this.ask<{ id: string }>('/v1/users', { email_address: [`${name}-${n}@example.com`] });
      ids.push(id);
    }
    return ids;
  }

  /** Creates a user of the tier enterprise, who calls with an API key, so that no limit of requests applies. */
  async makeCaller(name: string, scopes: readonly string[]): Promise<{ userId: string; key: string }> {
    const { id: clerkUserId } = await this.ask<{ id: string }>('/v1/users', { email_address: [`${name}@example.com`] });
    const { id: sessionId } = await this.ask<{ id: string }>('/v1/sessions', { user_id: clerkUserId });
    const { jwt } = await this.ask<{ jwt: string }>(`/v1/sessions/${sessionId}/tokens`, {});
    // A service may still be starting after the former cell.
    const call = <Body>(path: string, request: RequestInit, asAdmin = false): Promise<Body> =>
      eventually(
        async () => {
          const response = asAdmin ? await this.callAsAdmin(path, request) : await this.call(path, request, jwt);
          if (!response.ok) throw new Error(`${path}: HTTP ${response.status} ${await response.text()}`);
          return (await response.json()) as Body;
        },
        { timeoutMs: 60_000, intervalMs: 200 },
      );
    const { id: userId } = await call<{ id: string }>('/api/me', {});
    await call(`/admin/users/${userId}/tier`, { method: 'PUT', body: JSON.stringify({ tier: 'enterprise' }) }, true);
    const { key } = await call<{ key: string }>('/api/keys', {
      method: 'POST',
      body: JSON.stringify({ name, scopes }),
    });
    return { userId, key };
  }

  private async token(): Promise<string> {
    this.sessionId ??= this.signIn();
    return (await this.ask<{ jwt: string }>(`/v1/sessions/${await this.sessionId}/tokens`, {})).jwt;
  }

  private async signIn(): Promise<string> {
    const draft = { email_address: ['faults-admin@example.com'], public_metadata: { role: 'admin' } };
    const { id } = await this.ask<{ id: string }>('/v1/users', draft);
    return (await this.ask<{ id: string }>('/v1/sessions', { user_id: id })).id;
  }

  private async ask<Body>(path: string, body: object): Promise<Body> {
    const { ports, environments } = this.gatehouse;
    const response = await fetch(`http://127.0.0.1:${ports.emulator}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${environments['clerk-emulator'].CLERK_SECRET_KEY}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the emulator rejected ${path.split('/')[2]}: HTTP ${response.status}`);
    return (text === '' ? {} : JSON.parse(text)) as Body;
  }
}
