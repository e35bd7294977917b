import { randomBytes } from 'node:crypto';
import { type WebhookEventDetail } from '@gatehouse/contracts';
import { type Admin } from './admin';
import { type Clerk, type Delivery } from './clerk';
import { DemoError } from './errors';
import { type Narrator } from './narrator';
import { type OwnStory } from './own-story';

const PATIENCE_MS = 20_000;

/** A user's whole lifecycle, step by step, through the public interfaces of Gatehouse only. */
export class Story {
  private userId = '';

  constructor(
    private readonly clerk: Clerk,
    private readonly admin: Admin,
    private readonly narrator: Narrator,
    private readonly own: OwnStory,
  ) {}

  async tell(): Promise<void> {
    await this.aUserSignsUp();
    await this.clerkIsTold();
    await this.theUserCalls();
    await this.theUserChanges();
    await this.aWebhookComesTwice();
    await this.webhooksComeOutOfOrder();
    await this.aWebhookIsForged();
    await this.own.tell(this.userId);
    await this.theUserIsDeleted();
  }

  private async aUserSignsUp(): Promise<void> {
    const { narrator } = this;
    narrator.chapter('A user signs up at Clerk');
    const email = `ada.${randomBytes(4).toString('hex')}+clerk_test@example.com`;
    const user = await this.clerk.api.users.createUser({ emailAddress: [email], firstName: 'Ada', lastName: 'Byron' });
    this.userId = user.id;
    narrator.shows('Clerk', `${user.id} <${email}>`);
    const event = await this.follow(await this.delivered('user.created'));
    const row = await this.admin.user(user.id);
    narrator.shows(
      'user row',
      row === undefined ? 'none' : `${row.id} ${row.fullName} <${row.email}>, role ${row.role}`,
    );
    narrator.expects(
      'the users table has the user that Clerk has',
      row?.email === email && row.fullName === 'Ada Byron',
    );
    narrator.expects('the ledger says success', event.status === 'success' && decisionOf(event) === 'create');
  }

  private async clerkIsTold(): Promise<void> {
    const { narrator } = this;
    narrator.chapter('Gatehouse writes the id and role of the user back to Clerk');
    const row = await this.admin.user(this.userId);
    // The write-back changes the user at Clerk, so Clerk sends a webhook about it.
    const echo = await this.follow(await this.delivered('user.updated', `"dbId":"${row?.id}"`));
    const { publicMetadata } = await this.clerk.api.users.getUser(this.userId);
    narrator.shows('public metadata', JSON.stringify(publicMetadata));
    narrator.expects('Clerk has our id and role', publicMetadata.dbId === row?.id && publicMetadata.role === row?.role);
    narrator.expects('the echo of our own write changes only the version', decisionOf(echo) === 'advance');
  }

  private async theUserCalls(): Promise<void> {
    const { narrator } = this;
    narrator.chapter('The user calls the gateway with a Clerk session');
    const { token } = await this.clerk.token(this.userId);
    const { status, body } = await this.admin.me(token);
    narrator.shows(
      'GET /api/me',
      `${status} ${JSON.stringify({ id: body.id, fullName: body.fullName, email: body.email })}`,
    );
    narrator.expects('the gateway knows who it is', status === 200 && body.clerkUserId === this.userId);
    const bad = await this.admin.me(forSession(token, 'sess_of_somebody_else'));
    narrator.shows('altered token', `${bad.status} ${bad.body.code ?? ''}`);
    narrator.expects('an altered token is rejected', bad.status === 401);
  }

  private async theUserChanges(): Promise<void> {
    const { narrator } = this;
    narrator.chapter('The user changes at Clerk');
    await this.clerk.api.users.updateUser(this.userId, { lastName: 'Lovelace' });
    const event = await this.follow(await this.delivered('user.updated', 'Lovelace'));
    const row = await this.admin.user(this.userId);
    narrator.shows('user row', row?.fullName ?? 'none');
    narrator.expects('the row has the change', row?.fullName === 'Ada Lovelace' && decisionOf(event) === 'apply');
  }

  private async aWebhookComesTwice(): Promise<void> {
    const { narrator } = this;
    narrator.chapter('A webhook arrives twice');
    const original = await this.delivered('user.updated', 'Lovelace');
    const before = await this.admin.settled(original.message_id);
    const again = await this.clerk.resend(original);
    const after = await this.admin.settled(original.message_id);
    narrator.shows('same id', `${original.message_id}: HTTP ${lastStatus(again)}, row ${after.id} as before`);
    narrator.expects(
      'the same webhook id is accepted and changes nothing',
      lastStatus(again) === 200 && JSON.stringify(before) === JSON.stringify(after),
    );
    const body = await this.clerk.bodyOf(original);
    const event = await this.follow(must(await this.clerk.send('user.updated', body)));
    narrator.expects('the same event under another id changes nothing', decisionOf(event) === 'duplicate');
  }

  private async webhooksComeOutOfOrder(): Promise<void> {
    const { narrator } = this;
    narrator.chapter('Two webhooks arrive in the wrong order');
    await this.clerk.hold(true);
    try {
      await this.clerk.api.users.updateUser(this.userId, { firstName: 'Augusta' });
      await this.clerk.api.users.updateUser(this.userId, { firstName: 'Augusta Ada' });
      const [older, newer] = (await this.clerk.deliveries(this.userId, 'user.updated')).slice(-2);
      narrator.shows('newer first', must(newer).message_id);
      await this.clerk.resend(must(newer));
      const first = await this.follow(must(newer));
      narrator.shows('older second', must(older).message_id);
      await this.clerk.resend(must(older));
      const second = await this.follow(must(older));
      const row = await this.admin.user(this.userId);
      narrator.shows('user row', row?.fullName ?? 'none');
      narrator.expects(
        'the newer one is applied, the older one is stale',
        decisionOf(first) === 'apply' && decisionOf(second) === 'stale',
      );
      narrator.expects('the row equals the user at Clerk', row?.firstName === 'Augusta Ada');
    } finally {
      await this.clerk.hold(false);
    }
  }

  private async aWebhookIsForged(): Promise<void> {
    const { narrator } = this;
    narrator.chapter('Somebody forges a webhook');
    const genuine = await this.clerk.bodyOf(await this.delivered('user.updated', 'Lovelace'));
    const body = genuine
      .replaceAll('Lovelace', 'Mallory')
      .replace(/"updated_at":\d+,"username"/, '"updated_at":4102444800000,"username"');
    const forged = await this.clerk.send('user.updated', body, `whsec_${randomBytes(24).toString('base64')}`);
    const { status } = await this.admin.event(must(forged).message_id);
    const row = await this.admin.user(this.userId);
    narrator.shows('ingest', `HTTP ${lastStatus(forged)}`);
    narrator.shows('ledger', status === 404 ? 'no row' : `HTTP ${status}`);
    narrator.expects('it is rejected and its webhook id stays unused', lastStatus(forged) === 400 && status === 404);
    narrator.expects('the row is unchanged', row?.lastName === 'Lovelace');
  }

  private async theUserIsDeleted(): Promise<void> {
    const { narrator } = this;
    narrator.chapter('The user is deleted at Clerk');
    const late = await this.clerk.bodyOf(await this.delivered('user.updated', 'Lovelace'));
    const { token } = await this.clerk.token(this.userId);
    await this.clerk.api.users.deleteUser(this.userId);
    const event = await this.follow(await this.delivered('user.deleted'));
    const row = await this.admin.user(this.userId);
    narrator.shows(
      'user row',
      row === undefined ? 'none' : `${row.id} ${row.fullName} <${row.email ?? 'redacted'}>, deleted ${row.deletedAt}`,
    );
    narrator.expects(
      'the row is kept without personal data',
      decisionOf(event) === 'delete' && row?.deletedAt !== null && row?.email === null,
    );
    const { status, body } = await this.refused(token);
    narrator.shows('GET /api/me', `${status} ${body.code ?? ''}`);
    narrator.expects('a token that Clerk signed a moment ago is rejected', status === 401);
    const after = await this.follow(must(await this.clerk.send('user.updated', late)));
    narrator.expects('a late update does not bring the user back', decisionOf(after) === 'tombstoned');
  }

  /**
   * Waits until the gateway rejects the token, for at most 5 s. The deletion is already applied, but the gateway may
   * use its cached user until it learns of the deletion. Returns the last answer.
   */
  private async refused(token: string): ReturnType<Admin['me']> {
    const deadline = Date.now() + 5_000;
    for (;;) {
      const answer = await this.admin.me(token);
      if (answer.status !== 200 || Date.now() > deadline) return answer;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Waits for a completed delivery of this type about the user, with `holding` in its body. Returns the newest. */
  private async delivered(type: string, holding = ''): Promise<Delivery> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      for (const delivery of (await this.clerk.deliveries(this.userId, type)).toReversed()) {
        if (delivery.status === 'delivered' && (await this.clerk.bodyOf(delivery)).includes(holding)) return delivery;
      }
      if (Date.now() > deadline)
        throw new DemoError(
          `No webhook ${type}${holding && ` with ${holding}`} was delivered within ${PATIENCE_MS / 1000} s.`,
        );
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Prints the steps of one event, from delivery to decision. */
  private async follow(delivery: Delivery): Promise<WebhookEventDetail> {
    const { narrator } = this;
    const event = await this.admin.settled(delivery.message_id);
    const answered = lastStatus(delivery);
    narrator.shows(
      'delivery',
      `${delivery.type} ${delivery.message_id}${answered === undefined ? '' : `, answered HTTP ${answered}`}`,
    );
    narrator.shows('ledger', `row ${event.id}, ${event.status}, correlation ${event.correlationId}`);
    narrator.shows('stream', `CLERK_EVENTS sequence ${event.streamSequence ?? 'none'}`);
    narrator.decided(decisionOf(event), reasonOf(event));
    return event;
  }
}

function must<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new DemoError('The emulator did not send the delivery.');
  return value;
}

function lastStatus(delivery: Delivery | undefined): number | null | undefined {
  return delivery?.attempts.at(-1)?.status;
}

function decisionOf({ processedData, errorMessage }: WebhookEventDetail): string {
  return (processedData as { decision?: string } | null)?.decision ?? errorMessage ?? 'nothing';
}

function reasonOf({ processedData }: WebhookEventDetail): string {
  return (processedData as { reason?: string } | null)?.reason ?? '';
}

/** Forges a token: another session in the claims, with the signature of the genuine token. */
function forSession(token: string, sid: string): string {
  const [header, claims = '', signature] = token.split('.');
  const altered = { ...(JSON.parse(Buffer.from(claims, 'base64url').toString()) as object), sid };
  return [header, Buffer.from(JSON.stringify(altered)).toString('base64url'), signature].join('.');
}
