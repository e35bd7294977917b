import { svixSignature } from '../deliver-webhooks/svix-signature';
import { type ClerkEmulator, startClerkEmulator } from '../start-clerk-emulator';

/** By fixture name: the emulator's payload to compare with that fixture. */
type Shapes = ReadonlyMap<string, unknown>;

const ADA = {
  email_address: ['ada+clerk_test@example.com'],
  phone_number: ['+12015550100'],
  first_name: 'Ada',
  public_metadata: { role: 'member' },
};
const TIMEOUT_MS = 10_000;

/**
 * Starts an emulator and makes it emit the payload for each fixture. No request leaves this machine.
 * @param vector the fixture `svix.vector`
 * @returns the payloads, by fixture name
 */
export async function collectShapes(vector: Record<string, string>): Promise<Shapes> {
  // No server needs to listen at this URL: `emit` pauses the deliveries, and only their recorded bodies are compared.
  const emulator = await startClerkEmulator({ webhookUrls: ['http://127.0.0.1:9/'] });
  try {
    const shapes = new Map<string, unknown>();
    await emit(emulator, shapes);
    for (const { type, body } of emulator.deliveries().reverse()) {
      const event = JSON.parse(body) as { data: { email_addresses?: unknown[]; external_id?: string } };
      shapes.set(fixtureOf(type, event.data), event);
    }
    shapes.set('svix.vector', vectorAsSigned(vector));
    return shapes;
  } finally {
    await emulator.close();
  }
}

async function emit(emulator: ClerkEmulator, shapes: Map<string, unknown>): Promise<void> {
  const call = caller(emulator);
  await call('POST', '/emulator/pause');
  const user = (await call('POST', '/v1/users', ADA)) as { id: string };
  shapes.set('bapi.user', user);
  await call('PATCH', `/v1/users/${user.id}`, { first_name: 'Augusta' });
  shapes.set('bapi.users-count', await call('GET', '/v1/users/count'));
  await call('POST', '/emulator/sign-in', { identifier: ADA.phone_number[0] });
  const session = (await call('POST', '/v1/sessions', { user_id: user.id })) as { id: string };
  for (const version of [1, 2] as const) {
    shapes.set(`jwt.session-v${version}`, decoded(await emulator.token(session.id, { version })));
  }
  await call('POST', `/v1/sessions/${session.id}/revoke`);
  shapes.set('bapi.delete-user', await call('DELETE', `/v1/users/${user.id}`));
  shapes.set('bapi.error-404', await call('GET', `/v1/users/${user.id}`));
  shapes.set('bapi.error-401', await call('GET', '/v1/users', undefined, 'sk_test_other'));
  await call('POST', '/emulator/faults', { kind: 'api_429', count: 1 });
  shapes.set('bapi.error-429', await call('GET', '/v1/users'));
  const phoneOnly = { phone_number: ['+12015550101'], external_id: 'ext_42' };
  const other = (await call('POST', '/v1/users', phoneOnly)) as { id: string };
  await call('DELETE', `/v1/users/${other.id}`);
}

function caller({ url, secretKey }: ClerkEmulator) {
  return async (method: string, path: string, body?: object, key = secretKey): Promise<unknown> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body && { body: JSON.stringify(body) }),
    });
    return response.json();
  };
}

function fixtureOf(type: string, data: { email_addresses?: unknown[]; external_id?: string }): string {
  if (type === 'user.created' && data.email_addresses?.length === 0) return 'user.created.phone-only';
  return type === 'user.deleted' && data.external_id !== undefined ? 'user.deleted.external_id' : type;
}

function decoded(jwt: string): { header: unknown; payload: unknown } {
  const [header = '', payload = ''] = jwt.split('.');
  const parse = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
  return { header: parse(header), payload: parse(payload) };
}

/**
 * Signs the body of `vector` with the emulator's code. `vector` is an example webhook that Svix publishes, with its
 * secret and signature. Returns `vector` if the emulator computes the same signature. Otherwise returns the emulator's
 * signature under another key, `svix-signature (another value)`. The conformance check compares only keys, so it would
 * not notice another value under the same key.
 */
function vectorAsSigned(vector: Record<string, string>): Record<string, string> {
  const { secret = '', body = '', 'svix-id': id = '', 'svix-timestamp': timestamp = '' } = vector;
  const { 'svix-signature': expected, ...rest } = vector;
  const made = svixSignature(secret, id, Number(timestamp), body);
  return { ...rest, [made === expected ? 'svix-signature' : 'svix-signature (another value)']: made };
}
