import { type AttackedGateway, CLERK_USER, startAttackedGateway } from '../support/attacked-gateway';
import { call } from '../support/call';
import { mint } from '../support/clerk-tokens';
import { type RawAnswer, type RawRequest, sendRaw } from '../support/raw-request';

/** Session that the gateway has never accepted. */
export const STRANGER = 'sess_stranger';

/** Origin that `CORS_ORIGINS` lists. */
export const ORIGIN = 'https://app.example.com';

/** Sends the request of a client to an edge of the gateway, and returns the answer for the client. */
export type SendToEdge = (gateway: AttackedGateway, request: RawRequest) => Promise<RawAnswer>;

const toOwnRoutes: SendToEdge = ({ url }, request) => sendRaw(url, request);

let gateway: AttackedGateway | undefined;
let send = toOwnRoutes;
let addresses = 0;

/** Returns the attacked gateway; available after `beforeAll`. */
export function target(): AttackedGateway {
  if (gateway === undefined) throw new RangeError('attackGateway was not called');
  return gateway;
}

/**
 * Starts a gateway for the tests of a file, and stops it. Attacks are sent to its own routes, or to another edge, for
 * which `environment` configures the gateway.
 */
export function attackGateway(
  sendToEdge = toOwnRoutes,
  environment: () => Record<string, string> | Promise<Record<string, string>> = () => ({}),
): void {
  beforeAll(async () => {
    send = sendToEdge;
    gateway = await startAttackedGateway({
      TRUST_PROXY: 'loopback',
      CORS_ORIGINS: ORIGIN,
      REDIRECT_ORIGINS: 'https://shop.example.com',
      SIGN_IN_URL: 'https://accounts.example.com/sign-in',
      ...(await environment()),
    });
    // Fetches Clerk's keys. They are not fetched again, because the clock stands still.
    await call(`${target().url}/api/me`, await mint(target().pair, CLERK_USER));
  });
  afterAll(() => gateway?.stop());
  beforeEach(() => (target().reached.length = 0));
}

/** Attacks of one kind, by name. */
export interface AttackTable {
  readonly title: string;
  readonly cases: readonly Case[];
}

/** Request of an attack. `secret` must not appear in logs and responses. */
export interface Attack {
  readonly request: RawRequest;
  readonly secret?: string;
}
/** Name of an attack, expected status and code, and the attack. */
export type Case = readonly [name: string, status: number, code: string, attack: () => Attack | Promise<Attack>];

export const encode = (text: string) => Buffer.from(text).toString('base64url');
export const now = () => Math.floor(Date.now() / 1_000);
export const bearer = (token: string, request: RawRequest = {}): Attack => ({
  request: { ...request, headers: [['Authorization', `Bearer ${token}`], ...(request.headers ?? [])] },
  secret: token.split('.').at(-1) || token,
});
export const withKey = (key: string, request: RawRequest = {}): Attack => ({
  request: { ...request, headers: [['X-API-Key', key], ...(request.headers ?? [])] },
  secret: key,
});
export const json = (body: unknown, request: RawRequest): RawRequest => ({
  ...request,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  headers: [...(request.headers ?? []), ['Content-Type', 'application/json']],
});

/** Clerk token with changed claims. */
export const claiming = (changes: Record<string, unknown>) => () =>
  bearer(target().clerkText(JSON.stringify(target().header()), JSON.stringify(target().claims(changes))));
/** Clerk token with a changed header, signed with the right key. */
export const headed = (changes: Record<string, unknown>) => () =>
  bearer(target().clerkText(JSON.stringify(target().header(changes)), JSON.stringify(target().claims())));
/** Clerk token whose claims are exactly this text. */
export const claimText = (change: (claims: string) => string) => () =>
  bearer(target().clerkText(JSON.stringify(target().header()), change(JSON.stringify(target().claims()))));
/** Valid Clerk token with changed bytes. */
export const tampered = (change: (header: string, claims: string, signature: string) => string) => async () => {
  const [header = '', claims = '', signature = ''] = (
    await mint(target().pair, CLERK_USER, { claims: { sid: STRANGER } })
  ).split('.');
  const token = change(header, claims, signature);
  return { ...bearer(token), secret: signature.slice(20, 100) };
};
export const flip = (signature: string, at: number) => {
  const bytes = Buffer.from(signature, 'base64url');
  bytes[at < 0 ? bytes.length + at : at]! ^= 1;
  return bytes.toString('base64url');
};

export async function strike({ request, secret }: Attack): Promise<RawAnswer> {
  const address = `203.0.${Math.floor(++addresses / 250)}.${(addresses % 250) + 1}`;
  const headers = [['X-Forwarded-For', address] as const, ...(request.headers ?? [])];
  const answer = await send(target(), { ...request, headers });
  if (secret !== undefined && secret.length >= 8) {
    expect(target().logs()).not.toContain(secret);
    expect(answer.text).not.toContain(secret);
  }
  expect(answer.text).not.toMatch(/\bat .*\.[jt]s:\d|node_modules/);
  return answer;
}

export async function expectRefused(status: number, code: string, attack: Attack): Promise<RawAnswer> {
  const answer = await strike(attack);
  const { code: given } = answer.body as { readonly code?: string };
  expect([answer.status, given]).toEqual([status, code]);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  if (status === 401) expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm="gatehouse"/);
  expect(target().reached).toEqual([]);
  return answer;
}

/** Runs every attack of the tables, and expects its refusal. */
export function runAttacks(tables: readonly AttackTable[]): void {
  describe.each(tables)('$title:', ({ cases }) => {
    it.each(cases)('%s', async (_, status, code, attack) => void (await expectRefused(status, code, await attack())));
  });
}

/** Returns a letter that differs from the last one only in unused low bits, so that both decode to the same bytes. */
export function nextLetter(signature: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return letters[(letters.indexOf(signature.at(-1)!) ^ 1) % 64]!;
}
