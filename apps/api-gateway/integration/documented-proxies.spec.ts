import { ForwardAuthServer } from '../src/gate/forward-auth/forward-auth-server';
import { type AttackedGateway, startAttackedGateway } from './support/attacked-gateway';
import { envoy, traefik } from './support/documented-proxies';
import { forwardAuthEnvironment } from './support/forward-auth-edge';
import { type RawRequest } from './support/raw-request';

const policy = `
scopes: [orders:read]
routes:
  - { path: /orders/*, audience: orders, access: user, scope: 'orders:read' }
  - { path: /reports/*, audience: orders, access: admin }
  - { path: /health, audience: orders, access: public }
`;

describe.each([
  ['traefik', traefik],
  ['envoy', envoy],
] as const)('a gateway that %s asks as documented', (family, proxy) => {
  let gateway: AttackedGateway;

  beforeAll(async () => {
    gateway = await startAttackedGateway(forwardAuthEnvironment(policy, family));
  });
  afterAll(() => gateway?.stop());

  const send = async (path: string, headers: RawRequest['headers'] = [], method = 'GET') => {
    const { answer, passed } = await proxy(gateway.app.get(ForwardAuthServer).url ?? '', { path, headers, method });
    const entries = passed?.map(([name, value]) => [name.toLowerCase(), value]);
    return { answer, passed: entries && (Object.fromEntries(entries) as Record<string, string>) };
  };

  it('tells the service who calls, and not the credential', async () => {
    const key = gateway.key({ tier: 'pro', scopes: ['orders:read'] });
    const { passed } = await send('/orders/7?page=2', [['X-API-Key', key]], 'POST');
    expect(passed).toMatchObject({ 'x-gatehouse-role': 'user', 'x-gatehouse-tier': 'pro' });
    expect(passed?.['x-gatehouse-assertion']).toMatch(/^ey[\w-]+\.ey[\w-]+\.[\w-]+$/);
    expect(passed).not.toHaveProperty('x-api-key');
  });

  it('replaces identity headers of the client, and refuses those with underscores', async () => {
    const names = ['X-Gatehouse-Assertion', 'X-Gatehouse-User-Id', 'X-Gatehouse-Role', 'X-Gatehouse-Tier'];
    const { passed } = await send(
      '/health',
      names.map((name) => [name, 'spoofed'] as const),
    );
    expect(names.map((name) => passed?.[name.toLowerCase()])).toEqual(['', '', '', '']);
    for (const name of names) {
      const refused = await send('/health', [[name.replaceAll('-', '_'), 'spoofed']]);
      expect([name, refused.answer.status, refused.passed]).toEqual([name, 400, undefined]);
    }
  });

  it('refuses what the policy does not open, with the status and headers for the client', async () => {
    const key = ['X-API-Key', gateway.key({ scopes: ['orders:read'], rateLimit: 1 })] as const;
    const nobody = await send('/orders/7');
    expect([nobody.answer.status, nobody.answer.headers['www-authenticate']]).toEqual([
      401,
      expect.stringMatching(/^Bearer realm="gatehouse"/),
    ]);
    expect((await send('/reports/1', [key])).answer.status).toBe(403);
    expect((await send('/other', [key])).answer.status).toBe(403);
    const limited = await send('/orders/7', [key]);
    expect([limited.answer.status, Number(limited.answer.headers['retry-after']) > 0]).toEqual([429, true]);
    expect((await send('/orders/%2e%2e/health')).answer.status).toBe(400);
  });

  it('does not let a client choose the route by which it is judged, or tell the service of another', async () => {
    const names = ['X-Original-URL', 'X-Rewrite-URL', 'X-Forwarded-Uri', 'X-Forwarded-Path', 'X-HTTP-Method-Override'];
    const sent = names.map((name) => [name, '/health'] as const);
    expect((await send('/orders/7', sent)).answer.status).toBe(401);
    const others = ['X-Forwarded-Prefix', 'Forwarded', 'Proxy'];
    const { passed } = await send('/health', [...sent, ...others.map((name) => [name, '/health'] as const)]);
    expect([...names, ...others].filter((name) => passed?.[name.toLowerCase()] !== undefined)).toEqual([]);
  });

  it('lets preflights pass without identity', async () => {
    const asked = [['Origin', 'https://app.example.com'] as const, ['Access-Control-Request-Method', 'POST'] as const];
    const { passed } = await send('/orders/7', asked, 'OPTIONS');
    expect(passed).toMatchObject({ origin: 'https://app.example.com', 'x-gatehouse-assertion': '' });
  });
});
