import { createHmac, randomUUID } from 'node:crypto';
import { CLERK_USER, type AttackedGateway, startAttackedGateway } from './support/attacked-gateway';
import { call } from './support/call';
import { mint } from './support/clerk-tokens';

const [NEXT, OLD, STRANGE] = ['next', 'old', 'strange'].map((name) => `${name}-${'x'.repeat(32)}`) as [
  string,
  string,
  string,
];
let gateway: AttackedGateway | undefined;
afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
});

const exchange = async ({ url, pair }: AttackedGateway) =>
  call(`${url}/auth/verify-clerk-token`, await mint(pair, CLERK_USER, { claims: { jti: randomUUID() } }), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });

it('with two secrets, tokens of both are accepted and the first one signs', async () => {
  gateway = await startAttackedGateway({ LEGACY_JWT_SECRETS: `${NEXT}, ${OLD}` });
  const answers: unknown[] = [];
  for (const secret of [NEXT, OLD, STRANGE]) {
    const { status, body } = await call(`${gateway.url}/auth/session`, gateway.legacy({ secret }));
    answers.push(status === 200 ? body.principal.method : [status, body.code]);
  }
  expect(answers).toEqual(['legacy_jwt', 'legacy_jwt', [401, 'token_signature_invalid']]);
  const { body } = await exchange(gateway);
  const [header, claims, tag] = (body.token as string).split('.');
  expect(tag).toBe(createHmac('sha256', NEXT).update(`${header}.${claims}`).digest('base64url'));
});

it('without a secret, no Gatehouse token is issued or accepted, and no Clerk token is used up', async () => {
  gateway = await startAttackedGateway({ LEGACY_JWT_SECRETS: '' });
  const { url } = gateway;
  const login = await call(`${url}/auth/login`, undefined, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ada@example.com', password: 'correct horse battery' }),
  });
  const answers = [login, await exchange(gateway), await call(`${url}/auth/session`, gateway.legacy())];
  expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
    [501, 'legacy_tokens_off'],
    [501, 'legacy_tokens_off'],
    [401, 'token_issuer_unknown'],
  ]);
  expect(gateway.exchanged()).toBe(0);
});
