import { type ClerkClient, createClerkClient } from '@clerk/backend';
import { call } from './http';
import { type Running } from './running';

/** One webhook delivery, as the emulator records it. */
export interface Delivery {
  readonly id: string;
  readonly message_id: string;
  readonly type: string;
  readonly status: 'pending' | 'delivered' | 'failed';
  readonly attempts: readonly { readonly status: number | null; readonly duration_ms: number }[];
}

/** The emulator: Clerk's own Backend API client, and the control API of the emulator. */
export class Clerk {
  readonly api: ClerkClient;
  private readonly url: string;

  constructor({ urls, secretKey }: Running) {
    this.url = urls.emulator;
    this.api = createClerkClient({ secretKey, apiUrl: urls.emulator });
  }

  /** Deliveries of a user, oldest first. */
  async deliveries(userId: string, type?: string): Promise<Delivery[]> {
    const query = new URLSearchParams({ user_id: userId, limit: '100', ...(type === undefined ? {} : { type }) });
    const { body } = await call<{ data: Delivery[] }>(`${this.url}/emulator/deliveries?${query.toString()}`);
    return body.data.toReversed();
  }

  /** The body of a delivery, byte for byte. */
  async bodyOf(delivery: Delivery): Promise<string> {
    const { body } = await call<{ data: { body: string }[] }>(`${this.url}/emulator/deliveries/${delivery.id}`);
    return body.data[0]?.body ?? '';
  }

  /** Sends a delivery again with the same webhook id. */
  async resend(delivery: Delivery): Promise<Delivery | undefined> {
    const { body } = await call<{ data: Delivery[] }>(`${this.url}/emulator/deliveries/${delivery.id}/resend`, {
      method: 'POST',
      body: {},
    });
    return body.data[0];
  }

  /**
   * Sends a body with a new webhook id. Signs the delivery with `secret`; by default with the secret that
   * webhook-ingest accepts.
   */
  async send(type: string, body: string, secret?: string): Promise<Delivery | undefined> {
    const answer = await call<{ data: Delivery[] }>(`${this.url}/emulator/events`, {
      method: 'POST',
      body: { type, body, retry: false, ...(secret === undefined ? {} : { headers_override: { secret } }) },
    });
    return answer.body.data[0];
  }

  /** Holds webhooks back if `yes`; otherwise releases them. */
  async hold(yes: boolean): Promise<void> {
    await call(`${this.url}/emulator/${yes ? 'pause' : 'resume'}`, { method: 'POST', body: {} });
  }

  /** A session token of a new session, or of the given one. */
  async token(userId: string, sessionId?: string): Promise<{ sessionId: string; token: string }> {
    const session = sessionId ?? (await this.api.sessions.createSession({ userId })).id;
    const { jwt } = await this.api.sessions.getToken(session);
    return { sessionId: session, token: jwt };
  }
}
