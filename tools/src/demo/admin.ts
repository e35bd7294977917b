import { type AdminUser, type User, type WebhookEventDetail } from '@gatehouse/contracts';
import { firstAdminEmail } from '../start/first-admin';
import { type Clerk } from './clerk';
import { DemoError } from './errors';
import { type Answer, call } from './http';

const PATIENCE_MS = 20_000;
const POLL_MS = 50;
const TOKEN_FRESH_MS = 30_000;

/** Calls the gateway as the first admin; `me` calls it with the token that it is given. */
export class Admin {
  private held: { token: string; at: number } | undefined;
  private sessionId: string | undefined;

  constructor(
    private readonly gateway: string,
    private readonly clerk: Clerk,
  ) {}

  /** Waits up to 20 s until the outcome of a webhook is known, and returns its ledger row. */
  async settled(webhookId: string): Promise<WebhookEventDetail> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const { status, body } = await this.event(webhookId);
      if (status === 200 && !['pending', 'processing'].includes(body.status)) return body;
      if (Date.now() > deadline) {
        throw new DemoError(
          `The webhook ${webhookId} was not settled within ${PATIENCE_MS / 1000} s (${status === 200 ? body.status : `HTTP ${status}`}).`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** The current ledger row of a webhook; 404 when there is none. */
  async event(webhookId: string): Promise<Answer<WebhookEventDetail>> {
    return call(`${this.gateway}/admin/webhook-events/${webhookId}`, { token: await this.token() });
  }

  /** Our row of a Clerk user, as admins see it; undefined when there is none. */
  async user(clerkUserId: string): Promise<AdminUser | undefined> {
    const { body } = await call<{ items: AdminUser[] }>(`${this.gateway}/admin/users?clerkUserId=${clerkUserId}`, {
      token: await this.token(),
    });
    return body.items[0];
  }

  /** The profile of the user who has this token. */
  me(token: string): Promise<Answer<User & { code?: string }>> {
    return call(`${this.gateway}/api/me`, { token });
  }

  private async token(): Promise<string> {
    if (this.held === undefined || Date.now() - this.held.at > TOKEN_FRESH_MS) {
      const { data } = await this.clerk.api.users.getUserList({ emailAddress: [firstAdminEmail] });
      const admin = data[0];
      if (admin === undefined) throw new DemoError('The first admin is missing: was it deleted in the emulator?');
      const { token, sessionId } = await this.clerk.token(admin.id, this.sessionId);
      this.sessionId = sessionId;
      this.held = { token, at: Date.now() };
    }
    return this.held.token;
  }
}
