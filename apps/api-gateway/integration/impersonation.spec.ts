import { resolvePrincipal } from '@gatehouse/contracts';
import { call } from './support/call';
import { mint } from './support/clerk-tokens';
import { samplePrincipal } from './support/samples';
import { type TestGateway, startTestGateway } from './support/test-gateway';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ CLERK_ALLOW_IMPERSONATION: 'true' }, (userSync) => {
    userSync.answer(resolvePrincipal, ({ body: { clerkUserId } }) => samplePrincipal(clerkUserId));
  });
});
afterAll(() => gateway?.stop());

describe('an impersonated session, where allowed', () => {
  it('shows who acts, and leaves a line in the log', async () => {
    const token = await mint(gateway.pair, 'user_1', { claims: { act: { sub: 'user_support' } } });
    const { status, body } = await call(`${gateway.url}/auth/session`, token);
    expect([status, body.credential.actor, body.principal.clerkUserId]).toEqual([200, 'user_support', 'user_1']);
    const line = gateway
      .logs()
      .split('\n')
      .find((text) => text.includes('an impersonated session was accepted'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ actor: 'user_support', clerkUserId: 'user_1', level: 'warn' });
  });
});
