import { explainRequest } from '../../gate/policy/explain-request';
import { parsePolicy } from '../../gate/policy/parse-policy';
import { type Policy } from '../../gate/policy/policy';
import { PolicyFile } from '../../gate/policy/policy-file';
import { explanationView } from './gate-views';

const policy = parsePolicy(`
routes:
  - { path: /cart, audience: shop, access: user, credentials: [cookie] }
  - { path: /shop, audience: shop, access: user, credentials: [cookie], origins: ['https://shop.example.com'] }
  - { path: /api, audience: shop, access: user }
`) as Policy;

function cookieAt(path: string, signInUrl?: string) {
  const explanation = explainRequest(policy, 'forward-auth', { method: 'GET', host: 'app.example.com', path });
  const config = { gate: PolicyFile.none, publicUrl: 'https://api.example.com/base' };
  return explanationView(explanation, { ...config, ...(signInUrl !== undefined && { signInUrl }) }).cookie;
}

it('says from which pages a route accepts the session cookie, and where a navigation without one is sent', () => {
  const signInUrl = 'https://accounts.example.com/sign-in';
  expect(cookieAt('/cart')).toEqual({ origins: ['https://api.example.com'], signInUrl: null });
  expect(cookieAt('/shop', signInUrl)).toEqual({ origins: ['https://shop.example.com'], signInUrl });
  expect([cookieAt('/api', signInUrl), cookieAt('/other', signInUrl)]).toEqual([null, null]);
});
