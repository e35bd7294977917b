import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretDirectory, eventually } from '@gatehouse/testing';
import { type AttackedGateway, startAttackedGateway } from './support/attacked-gateway';
import { call } from './support/call';
import { mint } from './support/clerk-tokens';

const pem = () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const [oldKey, nextKey] = [pem(), pem()];
const route = (path: string, access = 'user') => `- { path: ${path}, audience: orders, access: ${access} }\n`;

let directory: string;
let secrets: SecretDirectory;
let gateway: AttackedGateway;

const sha256 = (text: string) => createHash('sha256').update(text.trimEnd()).digest('hex');

async function asAdmin(path: string) {
  return call(`${gateway.url}${path}`, await mint(gateway.pair, 'user_admin', { claims: { jti: randomUUID() } }));
}

/** Replaces the policy file as an operator does: by a rename. */
function write(text: string): void {
  writeFileSync(join(directory, 'gate.yaml.new'), text);
  renameSync(join(directory, 'gate.yaml.new'), join(directory, 'gate.yaml'));
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-gate-'));
  write(`routes:\n${route('/a')}`);
  secrets = new SecretDirectory({ ASSERTION_PRIVATE_KEYS: oldKey });
  gateway = await startAttackedGateway({ ...secrets.variables, GATE_FILE: join(directory, 'gate.yaml') });
});

afterAll(async () => {
  await gateway?.stop();
  secrets?.dispose();
  rmSync(directory, { recursive: true });
});

const metrics = (name: string) => `gatehouse_gateway_gate_${name}`;

it('takes over a new policy, and keeps the last valid one while the file is invalid', async () => {
  expect(await gateway.metrics()).toContain(`${metrics('routes')}{access="user"} 1\n`);
  const valid = `routes:\n${route('/a')}${route('/b', 'public')}`;
  write(valid);
  await eventually(async () =>
    (await gateway.metrics()).includes(`${metrics('policy_reloads_total')}{result="changed"} 1\n`),
  );
  expect(await gateway.metrics()).toContain(`${metrics('routes')}{access="public"} 1\n`);
  expect(gateway.logs()).toContain('"message":"gate policy changed"');

  write(`routes:\n${route('/a', 'hunter2')}`);
  await eventually(async () => (await gateway.metrics()).includes(`${metrics('policy_rejected')} 1\n`));
  const { status, body: shown } = await asAdmin('/admin/gate');
  expect([status, shown]).toMatchObject([200, { routes: { public: 1, user: 1, admin: 0 }, sha256: sha256(valid) }]);
  expect(shown.rejected).toEqual({ since: expect.any(String), problem: expect.stringContaining('routes[0].access') });
  expect(JSON.stringify(shown)).not.toContain('hunter2');
  expect(await gateway.metrics()).toContain(`${metrics('routes')}{access="public"} 1\n`);
  expect(gateway.logs()).toContain('routes[0].access must be one of');
  expect(gateway.logs()).not.toContain('hunter2');

  write(valid);
  await eventually(async () => (await gateway.metrics()).includes(`${metrics('policy_rejected')} 0\n`));
  expect((await asAdmin('/admin/gate')).body).toMatchObject({ rejected: null, sha256: sha256(valid) });
});

it('explains to admins which route decides on a request', async () => {
  const explain = (query: string) => asAdmin(`/admin/gate/explain?${query}`);
  expect(await explain('method=GET&host=app.example.com&path=/a%3Fq%3D1&edge=forward-auth')).toMatchObject({
    status: 200,
    body: { outcome: 'route', route: { index: 0, path: '/a', audience: 'orders', access: 'user' } },
  });
  const { body } = await explain('method=GET&host=app.example.com&path=/api/me');
  expect(body).toMatchObject({ outcome: 'gatehouse', route: null, tried: [], policy: { rejected: null } });
  expect((await explain('method=get&host=app.example.com&path=/a')).status).toBe(400);
  const token = await mint(gateway.pair, 'user_ada');
  expect((await call(`${gateway.url}/admin/gate`, token)).status).toBe(403);
});

it('lets API keys have the scopes of the policy, and no others', async () => {
  write(`scopes: [orders:read]\nroutes:\n${route('/a')}`);
  const token = await mint(gateway.pair, 'user_ada');
  const scopes = async () => (await call(`${gateway.url}/api/scopes`, token)).body.items as object[];
  const declared = { scope: 'orders:read', source: 'policy', description: expect.any(String) };
  await eventually(async () => (await asAdmin('/admin/gate')).body.scopes.length === 1);
  expect(await scopes()).toContainEqual(declared);
  const create = (scope: string) =>
    call(`${gateway.url}/api/keys`, token, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'ci', scopes: [scope] }),
    });
  // The stub of user-sync creates no key: 403 says that it was asked.
  expect([(await create('orders:read')).status, (await create('orders:*')).status]).toEqual([403, 403]);
  expect(await create('orders:write')).toMatchObject({ status: 400, body: { errors: [{ field: 'scopes.0' }] } });
});

it('publishes the keys of assertions to everybody, both while one replaces the other', async () => {
  const keySet = async () => {
    const { status, headers, body } = await call(`${gateway.url}/.well-known/jwks.json`);
    expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=300']);
    return (body as { keys: { kid: string }[] }).keys;
  };
  // The metrics have no rate limit, unlike the key set.
  const hasReloaded = async (times: number) =>
    (await gateway.metrics()).includes(
      `gatehouse_gateway_secret_reloads_total{variable="ASSERTION_PRIVATE_KEYS_FILE",result="changed"} ${times}\n`,
    );
  const [old] = await keySet();
  expect(await keySet()).toEqual([
    { kty: 'OKP', crv: 'Ed25519', x: expect.any(String), kid: expect.any(String), alg: 'EdDSA', use: 'sig' },
  ]);
  secrets.write({ ASSERTION_PRIVATE_KEYS: oldKey + nextKey });
  await eventually(() => hasReloaded(1));
  const both = await keySet();
  expect([both.length, both[0]]).toEqual([2, old]);
  secrets.write({ ASSERTION_PRIVATE_KEYS: nextKey });
  await eventually(() => hasReloaded(2));
  expect(await keySet()).toEqual([both[1]]);
  expect(gateway.logs()).not.toContain(nextKey.slice(40, 70));
});
