import { getMe, matchesVersion, resolvePrincipal, updateMe } from '@gatehouse/contracts';
import { RequestRefusedError } from '@gatehouse/messaging';
import { call as callUrl } from './support/call';
import { mint } from './support/clerk-tokens';
import { samplePrincipal, sampleUser } from './support/samples';
import { type TestGateway, startTestGateway } from './support/test-gateway';

const JSON_TYPE = 'application/json';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({}, (userSync) => {
    userSync
      .answer(resolvePrincipal, ({ body: { clerkUserId } }) => samplePrincipal(clerkUserId))
      .answer(getMe, ({ envelope: { principal } }) => sampleUser(principal!.userId, principal!.clerkUserId))
      .answer(updateMe, ({ body: { ifMatch, ...patch }, envelope: { principal } }) => {
        const user = sampleUser(principal!.userId, principal!.clerkUserId);
        if (!matchesVersion(user.version, ifMatch)) throw new RequestRefusedError('version_mismatch', 'has changed');
        return { ...user, ...patch, version: user.version + 1 };
      });
  });
});

afterAll(() => gateway?.stop());

const call = (path: string, token?: string, init?: RequestInit) => callUrl(`${gateway.url}${path}`, token, init);

describe('GET /api/me', () => {
  it('shows the version of the user as ETag, also when If-None-Match has it: a 304 would hide changed quotas', async () => {
    const token = await mint(gateway.pair, 'user_ada');
    for (const held of ['"3"', '*', 'nonsense']) {
      const { status, headers, body } = await call('/api/me', token, { headers: { 'if-none-match': held } });
      expect([status, headers.get('etag'), body.version]).toEqual([200, '"3"', 3]);
    }
  });
});

describe('PATCH /api/me', () => {
  const patch = async (body: unknown, type = JSON_TYPE, headers: Record<string, string> = {}) =>
    call('/api/me', await mint(gateway.pair, 'user_ada'), {
      method: 'PATCH',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': type, ...headers },
    });

  it('updates the profile of the caller', async () => {
    const { status, body } = await patch({ city: '  Pune ', socialLinks: { github: 'https://github.com/ada' } });
    expect(status).toBe(200);
    expect(body).toMatchObject({ city: 'Pune', socialLinks: { github: 'https://github.com/ada' } });
  });

  it('with If-Match changes the expected version only, and returns the ETag of the next', async () => {
    for (const expected of ['"3"', '"2", "3"', '*']) {
      const { status, headers, body } = await patch({ city: 'Pune' }, JSON_TYPE, { 'if-match': expected });
      expect([status, headers.get('etag'), body.version]).toEqual([200, '"4"', 4]);
    }
    for (const stale of ['"2"', 'W/"3"', '"other"']) {
      const { status, body, headers } = await patch({}, JSON_TYPE, { 'if-match': stale });
      expect([status, body.code, headers.get('etag')]).toEqual([412, 'version_mismatch', null]);
    }
  });

  it('rejects a malformed If-Match and names the header', async () => {
    const { status, body } = await patch({}, JSON_TYPE, { 'if-match': '3' });
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    expect(body.errors).toEqual([{ in: 'header', field: 'If-Match', message: expect.stringContaining('"3"') }]);
  });

  it('tells where fields are changed that it does not take', async () => {
    const { status, body } = await patch({
      ...{
        phoneNumber: '+919999999999',
        role: 'admin',
        subscription: 'pro',
        referralCode: 'BP-1',
        id: 'x',
        version: 4,
      },
      ...{ quotas: {}, email: 'a@b.example', constructor: 1 },
    });
    expect(status).toBe(400);
    const told = new Map(body.errors.map(({ field, message }: { field: string; message: string }) => [field, message]));
    expect(Object.fromEntries(told)).toEqual({
      email: expect.stringContaining('at Clerk'),
      phoneNumber: expect.stringContaining('at Clerk'),
      role: expect.stringContaining('admin'),
      subscription: expect.stringContaining('admin'),
      quotas: expect.stringContaining('admin'),
      referralCode: expect.stringContaining('never changes'),
      id: expect.stringContaining('never changes'),
      version: expect.stringContaining('If-Match'),
      constructor: 'is not a field of this route',
    });
  });

  it.each<[string, unknown]>([
    ['city', 'Pu\nne'],
    ['shopName', 'Asha\u202etxt.exe'],
    ['ownerName', '\u200b'],
    ['ownerName', 'a'.repeat(201)],
    ['bio', 'a\u0000'],
    ['bio', '😀'.repeat(2001)],
    ['website', 'http://example.com'],
    ['website', 'https://paypal.com@evil.example/'],
    ['socialLinks.x', 'javascript:alert(1)'],
    ['pincode', '४००००१'],
  ])('rejects the field %s with %j', async (field, value) => {
    const [name = '', network] = field.split('.');
    const { status, body } = await patch({ [name]: network === undefined ? value : { [network]: value } });
    expect(status).toBe(400);
    expect(new Set(body.errors.map((fault: { field: string }) => fault.field))).toEqual(new Set([field]));
  });

  it('takes texts of any language, counted in characters, and empty texts as null', async () => {
    const texts = { ownerName: '😀'.repeat(200), city: 'मुंबई', bio: 'one\r\ntwo', shopName: '  ', website: '' };
    const { status, body } = await patch(texts);
    expect([status, body]).toEqual([200, expect.objectContaining({ ...texts, shopName: null, website: null })]);
  });

  it('names every invalid field, including unknown ones and those of Clerk, and shows no value', async () => {
    const { status, body } = await patch({ firstName: 'hush', nonsense: 1, city: 7, website: 'javascript:hush' });
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    expect(body.errors.map(({ field }: { field: string }) => field).sort()).toEqual([
      'city',
      'firstName',
      'nonsense',
      'website',
    ]);
    expect(JSON.stringify(body)).not.toContain('hush');
  });

  it('rejects names such as __proto__ and constructor at any depth', async () => {
    for (const [sent, name] of [
      ['{"__proto__":{"role":"admin"}}', '__proto__'],
      ['{"constructor":{"prototype":{"role":"admin"}}}', 'constructor'],
      ['{"socialLinks":{"a":{"__proto__":{}}}}', 'socialLinks.a.__proto__'],
    ]) {
      const { body } = await patch(sent);
      expect(body.errors.map(({ field }: { field: string }) => field)).toEqual([name]);
    }
    expect(({} as { role?: string }).role).toBeUndefined();
  });

  it.each<[string, unknown, number, string, string]>([
    ['text that is not JSON', '{"city":', 400, 'invalid_json', JSON_TYPE],
    ['a list', [], 400, 'invalid_request', JSON_TYPE],
    ['a prototype', '{"__proto__":{"role":"admin"}}', 400, 'invalid_request', JSON_TYPE],
    ['a body of 70 000 characters', { bio: 'a'.repeat(70_000) }, 413, 'body_too_large', JSON_TYPE],
    ['a form', 'city=Pune', 415, 'media_type_unsupported', 'application/x-www-form-urlencoded'],
    ['text', 'Pune', 415, 'media_type_unsupported', 'text/plain'],
  ])('rejects %s', async (_, sent, status, code, type) => {
    const answer = await patch(sent, type);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });
});
