import { randomBytes, randomUUID } from 'node:crypto';
import {
  type ApiKey,
  type Item,
  type NewApiKey,
  type Quota,
  type Reservation,
  type Template,
  type User,
} from '@gatehouse/contracts';
import { type Clerk } from './clerk';
import { type Answer, type Request, call } from './http';
import { type Narrator } from './narrator';

const RESERVED = 800;
const USED = 512;

/** What a signed-in user does with what Gatehouse keeps for it: profile, items, templates, tokens, keys and sessions. */
export class OwnStory {
  private token = '';
  private other = '';

  constructor(
    private readonly gateway: string,
    private readonly clerk: Clerk,
    private readonly narrator: Narrator,
  ) {}

  /** `clerkUserId`: the user, who exists in Gatehouse. */
  async tell(clerkUserId: string): Promise<void> {
    const { id: stranger } = await this.clerk.api.users.createUser({
      emailAddress: [`bela.${randomBytes(4).toString('hex')}+clerk_test@example.com`],
      firstName: 'Bela',
    });
    this.token = (await this.clerk.token(clerkUserId)).token;
    this.other = (await this.clerk.token(stranger)).token;
    await this.theProfileChangesInTwoTabs();
    await this.aTemplateIsPublic();
    await this.tokensAreReserved();
    await this.aCreationIsRepeated();
    await this.theUserSignsOutEverywhere((await this.clerk.token(clerkUserId)).token);
    await this.clerk.api.users.deleteUser(stranger);
  }

  private async theProfileChangesInTwoTabs(): Promise<void> {
    const { narrator } = this;
    narrator.chapter('The user changes the profile in two browser tabs');
    const etag = (await this.ask<User>('/api/me')).headers.get('etag') ?? '';
    narrator.shows('GET /api/me', `ETag ${etag}`);
    const change = (shopName: string) =>
      this.ask<User & { code?: string }>('/api/me', {
        method: 'PATCH',
        body: { shopName },
        headers: { 'if-match': etag },
      });
    const first = await change('Analytical Engines');
    narrator.shows('first tab', `${first.status} ${first.body.shopName}, ETag ${first.headers.get('etag') ?? ''}`);
    const second = await change('Difference Engines');
    narrator.shows('second tab', `${second.status} ${second.body.code ?? ''}`);
    narrator.expects('the first tab changes the profile', first.status === 200 && first.headers.get('etag') !== etag);
    narrator.expects('the second tab, which saw an older version, overwrites nothing', second.status === 412);
  }

  private async aTemplateIsPublic(): Promise<void> {
    const { narrator } = this;
    narrator.chapter('The user keeps an item, and shares a template');
    const item = await this.ask<Item>('/api/items', { method: 'POST', body: { title: 'Note G' } });
    narrator.shows('item', `${item.body.id} ${item.body.title}`);
    const template = await this.ask<Template>('/api/templates', {
      method: 'POST',
      body: { name: 'Explain a program', body: 'Explain {{program}} to a newcomer.', isPublic: true },
    });
    narrator.shows('template', `${template.body.id} ${template.body.name}`);
    const seen = await this.ask<Template>(`/api/templates/${template.body.id}`, { token: this.other });
    narrator.expects('another user reads the public template', seen.status === 200 && !seen.body.isOwn);
    const change = { method: 'PATCH', body: { name: 'Mine' }, token: this.other };
    const changed = await this.ask(`/api/templates/${template.body.id}`, change);
    narrator.expects('another user cannot change it: for others it does not exist', changed.status === 404);
    const hidden = await this.ask<{ requestId: string }>(`/api/items/${item.body.id}`, { token: this.other });
    const missing = await this.ask<{ requestId: string }>(`/api/items/${randomUUID()}`, { token: this.other });
    narrator.expects(
      'the item looks to another user like one that does not exist',
      hidden.status === 404 && textOf(hidden) === textOf(missing),
    );
  }

  private async tokensAreReserved(): Promise<void> {
    const { narrator } = this;
    narrator.chapter('A call of a language model uses tokens of the user');
    const before = (await this.ask<Quota>('/api/tokens')).body;
    narrator.shows('quota', `${before.remaining} of ${before.limit} tokens left until ${before.renewsAt}`);
    const path = '/api/tokens/reservations';
    const reserved = await this.ask<Reservation>(path, { method: 'POST', body: { amount: RESERVED } });
    narrator.shows('reserved', `${RESERVED}; ${reserved.body.remaining} left`);
    const commit = { method: 'POST', body: { amount: USED } };
    const committed = await this.ask<Reservation>(`${path}/${reserved.body.id}/commit`, commit);
    narrator.shows('committed', `${USED}; ${committed.body.remaining} left`);
    narrator.expects('the reservation holds its tokens', reserved.body.remaining === before.remaining - RESERVED);
    const after = (await this.ask<Quota>('/api/tokens')).body;
    narrator.expects(
      'after the commit, only the tokens that were used are gone',
      after.remaining === before.remaining - USED && after.reserved === before.reserved,
    );
    const large = { method: 'POST', body: { amount: after.remaining + 1 } };
    const refused = await this.ask<{ code?: string }>('/api/tokens/consume', large);
    narrator.shows('too many', `${refused.status} ${refused.body.code ?? ''}`);
    narrator.expects('more than is left is refused', refused.status === 429 && refused.body.code === 'quota_exceeded');
  }

  private async aCreationIsRepeated(): Promise<void> {
    const { narrator } = this;
    narrator.chapter('A key is created, and the request is repeated because its response was lost');
    const create = {
      method: 'POST',
      body: { name: 'demo', scopes: ['profile:read'] },
      headers: { 'idempotency-key': randomUUID() },
    };
    const first = await this.ask<NewApiKey>('/api/keys', create);
    const again = await this.ask<NewApiKey>('/api/keys', create);
    narrator.shows('first', `${first.status} ${first.body.id}`);
    const replayed = again.headers.get('idempotency-replayed');
    narrator.shows('again', `${again.status} ${again.body.id}, Idempotency-Replayed: ${replayed ?? 'absent'}`);
    narrator.expects(
      'the same Idempotency-Key gets the same key',
      first.status === 201 && again.body.key === first.body.key && replayed === 'true',
    );
    const { items } = (await this.ask<{ items: ApiKey[] }>('/api/keys')).body;
    narrator.expects('one key exists', items.length === 1);
  }

  private async theUserSignsOutEverywhere(elsewhere: string): Promise<void> {
    const { narrator } = this;
    narrator.chapter('The user signs out everywhere');
    await this.ask('/api/me', { token: elsewhere });
    const { items } = (await this.ask<{ items: { id: string }[] }>('/api/auth-sessions')).body;
    narrator.shows('sessions', items.map(({ id }) => id).join(', '));
    const ended = await this.ask('/api/auth-sessions', { method: 'DELETE' });
    narrator.shows('DELETE', `/api/auth-sessions: ${ended.status}`);
    const answers = [await this.ask('/api/me'), await this.ask('/api/me', { token: elsewhere })];
    narrator.shows('GET /api/me', answers.map(({ status }) => status).join(' and '));
    narrator.expects(
      'no session is accepted from the response on',
      ended.status === 200 && answers.every(({ status }) => status === 401),
    );
  }

  /** Calls the gateway as the user, or with another token. */
  private ask<Body>(path: string, request: Request = {}): Promise<Answer<Body>> {
    return call(this.gateway + path, { token: this.token, ...request });
  }
}

/** The body of a response without the id of its request. */
function textOf({ body }: Answer<{ requestId: string }>): string {
  return JSON.stringify({ ...body, requestId: undefined });
}
