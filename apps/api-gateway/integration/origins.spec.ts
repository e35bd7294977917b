import { attackGateway, strike, target, ORIGIN } from './attacks/attack';
import { CLERK_USER } from './support/attacked-gateway';
import { mint } from './support/clerk-tokens';

attackGateway();

describe('a page of another origin gets no CORS headers:', () => {
  it.each([
    'https://evil.example',
    'null',
    'https://app.example.com.evil.example',
    'https://evil-app.example.com',
    'http://app.example.com',
    'https://app.example.com:444',
    'https://APP.example.com',
    '*',
  ])('%s', async (origin) => {
    const headers = [
      ['Origin', origin] as const,
      ['Authorization', `Bearer ${await mint(target().pair, CLERK_USER)}`] as const,
    ];
    const answer = await strike({ request: { headers } });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    expect(answer.headers.vary).toBe('Origin');
  });

  it('a page of a listed origin cannot send API keys', async () => {
    const headers = [
      ['Origin', ORIGIN] as const,
      ['Access-Control-Request-Method', 'GET'] as const,
      ['Access-Control-Request-Headers', 'x-api-key'] as const,
    ];
    const answer = await strike({ request: { method: 'OPTIONS', headers } });
    expect(answer.headers['access-control-allow-origin']).toBe(ORIGIN);
    expect(answer.headers['access-control-allow-headers']).not.toMatch(/api-key/i);
  });
});
