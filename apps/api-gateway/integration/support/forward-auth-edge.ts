import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ForwardAuthServer } from '../../src/gate/forward-auth/forward-auth-server';
import { type RawAnswer, type RawRequest, sendRaw } from './raw-request';
import { type TestGateway } from './test-gateway';

/** Environment of a gateway with a policy. */
export function policyEnvironment(policy: string): { GATE_FILE: string; ASSERTION_PRIVATE_KEYS: string } {
  const file = join(mkdtempSync(join(tmpdir(), 'gatehouse-gate-')), 'gate.yaml');
  writeFileSync(file, policy);
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    GATE_FILE: file,
    ASSERTION_PRIVATE_KEYS: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** Environment of a gateway that answers one kind of proxy on this machine, by a policy. */
export function forwardAuthEnvironment(policy: string, family = 'traefik'): Record<string, string> {
  const asked = { FORWARD_AUTH: family, FORWARD_AUTH_PORT: '0', FORWARD_AUTH_PROXIES: '127.0.0.1' };
  return { ...asked, ...policyEnvironment(policy) };
}

/** Asks about the request of a client, as Traefik does. */
export function askAsTraefik({ app }: Pick<TestGateway, 'app'>, request: RawRequest): Promise<RawAnswer> {
  const { method = 'GET', path = '/api/me', headers = [] } = request;
  const forwarded = [
    ['X-Forwarded-Method', method],
    ['X-Forwarded-Proto', 'https'],
    ['X-Forwarded-Host', 'shop.example.com'],
    ['X-Forwarded-Uri', path],
  ] as const;
  return sendRaw(app.get(ForwardAuthServer).url ?? '', { path: '/forward-auth', headers: [...headers, ...forwarded] });
}
