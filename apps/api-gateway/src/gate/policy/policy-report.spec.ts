import { parsePolicy } from './parse-policy';
import { type Policy } from './policy';
import { policyReport } from './policy-report';

const report = (routes: string) => policyReport(parsePolicy(`routes:\n${routes}`) as Policy);

it('says from where each route accepts the session cookie, and what that needs', () => {
  const text = report(`
  - { path: /cart/*, audience: shop, access: user, credentials: [cookie] }
  - { path: /api/*, audience: shop, access: user }
  - { path: /shop/*, audience: shop, access: user, credentials: [bearer, cookie], origins: ['https://a.example', 'https://b.example'] }
`);
  expect(text.split('\n').slice(5)).toEqual([
    "Clerk's session cookie is accepted for GET and HEAD of the same origin, and for everything from pages of:",
    '  routes[0]: PUBLIC_URL',
    '  routes[2]: https://a.example https://b.example',
    'It needs CLERK_AUTHORIZED_PARTIES: the origins of the pages that sign in.',
    '',
    '3 routes, 0 of them public. Every other request is rejected.',
    '',
  ]);
});

it('says nothing about cookies if no route accepts them', () => {
  expect(report('  - { path: /api/*, audience: shop, access: user }')).not.toMatch(/cookie/);
});
