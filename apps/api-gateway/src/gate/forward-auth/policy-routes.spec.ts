import { LiveValue } from '@gatehouse/config';
import { RequestInvalidError, RouteUnknownError } from '../../errors';
import { parsePolicy } from '../policy/parse-policy';
import { Policy } from '../policy/policy';
import { PolicyRoutes } from './policy-routes';

const PUBLIC_URL = 'https://api.example.com';

function policyOf(...routes: readonly string[]): Policy {
  const parsed = parsePolicy(['scopes: [orders:read]', 'routes:', ...routes.map((route) => `  - ${route}`)].join('\n'));
  if ('faults' in parsed) throw new RangeError(parsed.faults.join('; '));
  return parsed;
}

const policy = new LiveValue(
  policyOf(
    '{ path: /orders/*, methods: [GET], audience: orders, access: user, scope: "orders:read", roles: [admin] }',
    '{ host: shop.example.com, path: /*, audience: shop, access: user, tiers: [pro], credentials: [cookie], origins: ["https://app.example.com"], rateClass: write }',
    '{ path: /health, audience: orders, access: public }',
  ),
);
const routes = new PolicyRoutes(policy, PUBLIC_URL);

describe('routes of the policy', () => {
  it('have the rules of the file', () => {
    expect(routes.find('GET', 'api.example.com', '/orders/7?page=2')).toMatchObject({
      ...{ name: 'forward-auth /orders/*', audience: 'orders' },
      rules: {
        ...{ access: 'user', subject: '/orders/*', scope: 'orders:read', roles: ['admin'], tiers: null },
        ...{ credentials: ['bearer', 'api_key'], rateClass: 'gate-read' },
      },
    });
    expect(routes.find('POST', 'SHOP.example.com:443', '/cart')).toMatchObject({
      ...{ name: 'forward-auth shop.example.com/*', audience: 'shop' },
      rules: { scope: null, roles: null, tiers: ['pro'], credentials: ['cookie'], rateClass: 'gate-write' },
    });
    expect(routes.find('GET', 'api.example.com', '/health').rules.access).toBe('public');
  });

  it('allow cookies from PUBLIC_URL, or from the origins that they list', () => {
    const allowed = (host: string, path: string) =>
      [PUBLIC_URL, 'https://app.example.com'].filter((origin) =>
        routes.find('GET', host, path).rules.cookieOrigins.includes(origin),
      );
    expect(allowed('api.example.com', '/orders/7')).toEqual([PUBLIC_URL]);
    expect(allowed('shop.example.com', '/cart')).toEqual(['https://app.example.com']);
  });

  it('are found for escapes that a path needs, and for what browsers send without one', () => {
    for (const url of [
      '/orders/a%20b',
      '/orders/a%40b',
      '/orders/caf%c3%a9',
      '/orders/[1]|2',
      '/orders/7?name=%41nn',
    ]) {
      expect(routes.find('GET', 'api.example.com', url).name).toBe('forward-auth /orders/*');
    }
  });

  it('are those of the policy in use, also for a request that is repeated', () => {
    const live = new LiveValue(policyOf('{ path: /orders/*, audience: orders, access: user }'));
    const changing = new PolicyRoutes(live, PUBLIC_URL);
    const access = () => changing.find('GET', 'api.example.com', '/orders/7').rules.access;
    expect([access(), access()]).toEqual(['user', 'user']);
    live.set(policyOf('{ path: /orders/*, audience: orders, access: admin }'));
    expect(access()).toBe('admin');
    live.set(policyOf('{ path: /other, audience: orders, access: user }'));
    expect(access).toThrow(RouteUnknownError);
  });

  it('are those of the policy in use, also if something else fails when it changes', () => {
    const live = new LiveValue(policyOf('{ path: /a, audience: a, access: public }'));
    live.onChange(() => {
      throw new RangeError('of another listener');
    });
    const changing = new PolicyRoutes(live, PUBLIC_URL);
    expect(changing.find('GET', 'h', '/a').rules.access).toBe('public');
    expect(() => live.set(policyOf('{ path: /a, audience: a, access: admin }'))).toThrow(RangeError);
    expect(changing.find('GET', 'h', '/a').rules.access).toBe('admin');
  });

  it('tell whether one lists a method by name', () => {
    const listing = policyOf(
      '{ path: /a, methods: [OPTIONS], audience: a, access: user }',
      '{ path: /a, audience: a, access: user }',
      '{ path: /b, audience: b, access: user }',
    );
    const found = new PolicyRoutes(new LiveValue(listing), PUBLIC_URL);
    const lists = (method: string, path: string) => found.lists(method, 'h', path);
    expect([lists('OPTIONS', '/a'), lists('GET', '/a'), lists('OPTIONS', '/b')]).toEqual([true, false, false]);
    expect(lists('OPTIONS', '/c')).toBe(false);
  });

  it('are found anew when the policy changes', () => {
    const changing = new LiveValue(policyOf('{ path: /a, audience: a, access: public }'));
    const found = new PolicyRoutes(changing, PUBLIC_URL);
    expect(found.find('GET', 'h', '/a').audience).toBe('a');
    changing.set(policyOf('{ path: /a, audience: b, access: admin }'));
    expect(found.find('GET', 'h', '/a')).toMatchObject({ audience: 'b', rules: { access: 'admin' } });
    changing.set(Policy.closed);
    expect(() => found.find('GET', 'h', '/a')).toThrow(RouteUnknownError);
  });

  it.each([
    ['no route', 'POST', 'api.example.com', '/orders/7', RouteUnknownError],
    ['an ambiguous path', 'GET', 'api.example.com', '/orders/../health', RequestInvalidError],
    ['an escaped letter', 'GET', 'api.example.com', '/%6frders/7', RequestInvalidError],
    ['an escaped tilde', 'GET', 'api.example.com', '/orders/%7Eann', RequestInvalidError],
    ['another spelling of a route', 'GET', 'api.example.com', '/Orders/7', RequestInvalidError],
    ['two hosts', 'GET', 'api.example.com, shop.example.com', '/health', RequestInvalidError],
    ['no host', 'GET', '', '/health', RequestInvalidError],
  ])('are not found for %s', (_, method, host, url, error) => {
    expect(() => routes.find(method, host, url)).toThrow(error);
  });
});
