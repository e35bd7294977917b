import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretDirectory, eventually } from '@gatehouse/testing';
import { type AttackedGateway, startAttackedGateway } from './support/attacked-gateway';
import { call } from './support/call';

const pem = () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const [oldKey, nextKey] = [pem(), pem()];
const route = (path: string, access = 'user') => `- { path: ${path}, audience: orders, access: ${access} }\n`;

let directory: string;
let secrets: SecretDirectory;
let gateway: AttackedGateway;

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
  write(`routes:\n${route('/a')}${route('/b', 'public')}`);
  await eventually(async () =>
    (await gateway.metrics()).includes(`${metrics('policy_reloads_total')}{result="changed"} 1\n`),
  );
  expect(await gateway.metrics()).toContain(`${metrics('routes')}{access="public"} 1\n`);
  expect(gateway.logs()).toContain('"message":"gate policy changed"');

  write(`routes:\n${route('/a', 'hunter2')}`);
  await eventually(async () => (await gateway.metrics()).includes(`${metrics('policy_rejected')} 1\n`));
  expect(await gateway.metrics()).toContain(`${metrics('routes')}{access="public"} 1\n`);
  expect(gateway.logs()).toContain('routes[0].access must be one of');
  expect(gateway.logs()).not.toContain('hunter2');

  write(`routes:\n${route('/a')}${route('/b', 'public')}`);
  await eventually(async () => (await gateway.metrics()).includes(`${metrics('policy_rejected')} 0\n`));
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
