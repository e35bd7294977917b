import { createClerkClient } from '@clerk/backend';
import { type ParsedJson, PATIENCE_MS, eventually } from '@gatehouse/testing';
import { sessionBearer } from '../session-bearer';
import { type Deployment } from './deployment';

/**
 * Time in which an event of Clerk reaches every gateway, on a busy machine: NATS may have to deliver it again, after 30 s,
 * and an event that failed is retried after a minute.
 */
const EVENT_LIMIT = { timeoutMs: 150_000, intervalMs: 500 };

export type Headers = Record<string, string>;

/** A request and the status that its response must have. */
interface Call {
  readonly method?: string;
  readonly headers?: Headers;
  readonly body?: object;
  /** Statuses, all of which are right; 200 by default. */
  readonly expect?: readonly number[];
  /** Port of one gateway; that of the load balancer by default. */
  readonly port?: number;
}

/** A user who is signed in at Clerk. */
export interface SignedIn {
  readonly userId: string;
  readonly sessionId: string;
  /** Headers with a valid session token. */
  bearer(): Promise<Headers>;
}

type Draft = Parameters<ReturnType<typeof createClerkClient>['users']['createUser']>[0];

/** The clients of a deployment: callers of its gateways, and Clerk. */
export class Clients {
  readonly clerk;
  private calls = 0;
  private users = 0;

  constructor(readonly deployment: Deployment) {
    const { settings } = deployment.servers;
    this.clerk = createClerkClient({ secretKey: settings.clerkSecretKey, apiUrl: this.emulator });
  }

  get emulator(): string {
    return `http://127.0.0.1:${this.deployment.servers.ports.emulator}`;
  }

  /** Calls a gateway, each time from another address. Throws if the response has another status than expected. */
  async call(path: string, { method = 'GET', headers, body, expect = [200], port }: Call = {}): Promise<ParsedJson> {
    const n = (this.calls += 1);
    const from = `203.0.${Math.floor(n / 250) % 250}.${(n % 250) + 1}`;
    const response = await fetch(`http://127.0.0.1:${port ?? this.deployment.gateways.port}${path}`, {
      method,
      headers: {
        'x-forwarded-for': from,
        ...headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await response.text();
    if (expect.includes(response.status)) return JSON.parse(text);
    throw new Error(`${method} ${path}: ${response.status} in place of ${expect.join(' or ')}: ${text}`);
  }

  /** Throws unless every gateway that gets requests rejects the credential. */
  async rejectedEverywhere(headers: Headers): Promise<void> {
    for (const target of this.deployment.gateways.targets) {
      await this.call('/api/me', { headers, expect: [401, 403], port: target.port }).catch((error: unknown) => {
        // A replica that has been stopped meanwhile does not answer.
        if (this.deployment.gateways.targets.includes(target)) throw error;
      });
    }
  }

  /** Creates a user at Clerk, whose e-mail address is verified. */
  newClerkUser(draft: Draft = {}) {
    const emailAddress = [`user-${(this.users += 1)}@example.com`];
    return this.clerk.users.createUser({ skipPasswordRequirement: true, emailAddress, ...draft });
  }

  /** Creates a user at Clerk and signs it in. */
  async signIn(draft: Draft = {}): Promise<SignedIn> {
    const { id: userId } = await this.newClerkUser(draft);
    const { id: sessionId } = await this.clerk.sessions.createSession({ userId });
    return {
      userId,
      sessionId,
      bearer: sessionBearer(this.clerk, sessionId),
    };
  }

  /** Signs in an admin. */
  signInAdmin(): Promise<SignedIn> {
    return this.signIn({ publicMetadata: { role: 'admin' } });
  }

  /** Sends a request to the emulator's control API. */
  async control(path: string, body?: object): Promise<ParsedJson> {
    const response = await fetch(`${this.emulator}/emulator/${path}`, {
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body !== undefined && {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    if (!response.ok) throw new Error(`the emulator rejected ${path}: HTTP ${response.status}`);
    return (await response.json()) as ParsedJson;
  }

  /** Waits until every gateway that gets requests rejects the credential, as after an event of Clerk. */
  becomesRejectedEverywhere(headers: Headers): Promise<void> {
    return eventually(() => this.rejectedEverywhere(headers), EVENT_LIMIT);
  }
}
