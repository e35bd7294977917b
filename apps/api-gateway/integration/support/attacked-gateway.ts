import { createHmac, randomBytes, randomUUID, sign } from 'node:crypto';
import { apiKeyHash, mintApiKey } from '@gatehouse/auth';
import {
  type Holder,
  type ParsedRequestOf,
  type ReplyOf,
  closeSession,
  createKey,
  exchangePhoneLogin,
  getMe,
  listAudit,
  listKeys,
  listUsers,
  recordAudit,
  resolveKey,
  resolveLegacySession,
  resolvePrincipal,
  revokeKey,
  rotateKey,
  setPassword,
  spendConsoleCode,
  syncClerkUser,
  touchKeys,
  updateMe,
  verifyLogin,
} from '@gatehouse/contracts';
import { RequestRefusedError } from '@gatehouse/messaging';
import { eventually } from '@gatehouse/testing';
import v2 from '../../fixtures/clerk/jwt.session-v2.json';
import { type GatewayConfig } from '../../src/config';
import { TrustChangeFeed } from '../../src/trust/trust-change-feed';
import { type PeerService } from './peer-service';
import { samplePrincipal, sampleUser } from './samples';
import { LEGACY_SECRET, PUBLIC_URL, type TestGateway, startTestGateway } from './test-gateway';

type FoundKey = NonNullable<ReplyOf<typeof resolveKey>['key']>;

/** Gateway with users, sessions and keys for the attack tests. */
export interface AttackedGateway extends TestGateway {
  /** Stores an API key; by default active, with all scopes, of an active user. */
  key(changes?: Partial<FoundKey>): string;
  /** Changes an API key or its user. Resolves when the gateway has learnt it. */
  changeKey(key: string, changes: Partial<FoundKey>): Promise<void>;
  /** Revokes an API key. Resolves when the gateway has learnt it. */
  revoke(key: string): Promise<void>;
  /** Signs a user of Clerk out. The gateway does not learn it by itself. */
  signOut(clerkUserId: string): void;
  /** Mints a Gatehouse token of a stored session. */
  legacy(changes?: LegacyChanges): string;
  /** Signs a Clerk token with exactly these texts as header and claims. */
  clerkText(header: string, claims: string): string;
  /** Claims of a valid Clerk token. */
  claims(changes?: Record<string, unknown>): Record<string, unknown>;
  /** Header of a valid Clerk token. */
  header(changes?: Record<string, unknown>): Record<string, unknown>;
  /** Number of API keys looked up at user-sync. */
  lookedUp(): number;
  /** Number of tokens exchanged at user-sync. */
  exchanged(): number;
  /** Delays lookups of API keys until the returned function is called. */
  holdLookups(): () => void;
  /** Lets lookups of API keys fail until the returned function is called. */
  failLookups(): () => void;
  /** Revocations sent to user-sync. */
  readonly revocations: ParsedRequestOf<typeof revokeKey>[];
  /** Requests with a principal that reached a service. */
  readonly reached: { readonly subject: string; readonly userId: string | undefined }[];
}

/** Changes to a Gatehouse token. */
export interface LegacyChanges {
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
  readonly secret?: string | Buffer;
  readonly hash?: string;
  readonly session?: { readonly closed?: boolean; readonly unknown?: boolean; readonly holder?: Partial<Holder> };
}

/** User of every valid Clerk token. */
export const CLERK_USER = 'user_ada';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const bare = (value: Record<string, unknown>) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>;

export async function startAttackedGateway(
  environment: Record<string, string> = {},
  configuration: Partial<GatewayConfig> = {},
  answerMore: (userSync: PeerService, ingest: PeerService) => void = () => undefined,
): Promise<AttackedGateway> {
  const keys = new Map<string, FoundKey>();
  const sessions = new Map<string, ReplyOf<typeof resolveLegacySession>['session']>();
  const spent = new Set<string>();
  const signedOut = new Set(['user_signedout']);
  const reached: { subject: string; userId: string | undefined }[] = [];
  const revocations: ParsedRequestOf<typeof revokeKey>[] = [];
  let lookedUp = 0;
  let held: Promise<void> | undefined;
  const ada = randomUUID();
  const holder = (changes: Partial<Holder> = {}): Holder => {
    const state = { role: 'user', tier: 'enterprise', isActive: true } as const;
    return { userId: randomUUID(), clerkUserId: null, ...state, ...changes };
  };

  const prepare = (userSync: PeerService, ingest: PeerService) => {
    const note = (subject: string, principal: { userId: string } | null) =>
      reached.push({ subject, userId: principal?.userId });
    userSync
      .answer(resolvePrincipal, ({ body: { clerkUserId } }) =>
        samplePrincipal(clerkUserId, {
          userId: clerkUserId === CLERK_USER ? ada : randomUUID(),
          role: clerkUserId === 'user_admin' ? 'admin' : 'user',
          tier: 'enterprise',
          sessionEnded: signedOut.has(clerkUserId),
          isActive: clerkUserId !== 'user_inactive',
        }),
      )
      .answer(resolveKey, async ({ body: { hash } }) => {
        lookedUp += 1;
        await held;
        return { change: 0, key: keys.get(hash) ?? null };
      })
      .answer(resolveLegacySession, ({ body: { sessionId, userId } }) => {
        const session = sessions.get(sessionId) ?? null;
        return { change: 0, session: session?.userId === userId ? session : null };
      })
      .answer(getMe, ({ envelope: { principal } }) => {
        note('me', principal);
        return sampleUser(principal!.userId, principal!.clerkUserId ?? '');
      })
      .answer(updateMe, ({ envelope: { principal } }) => {
        note('me.update', principal);
        return sampleUser(principal!.userId, principal!.clerkUserId ?? '');
      })
      .answer(listUsers, ({ envelope: { principal } }) => {
        note('users', principal);
        return { items: [], nextCursor: null };
      })
      .answer(listAudit, () => ({ items: [], nextCursor: null }))
      .answer(listKeys, ({ envelope: { principal } }) => {
        note('keys', principal);
        return { items: [], nextCursor: null };
      })
      .answer(createKey, () => refuse('forbidden', 'an API key cannot make another'))
      .answer(rotateKey, () => refuse('not_found', 'no such key'))
      .answer(revokeKey, ({ body }) => {
        revocations.push(body);
        return refuse('not_found', 'no such key');
      })
      .answer(closeSession, () => ({ closed: 1, propagation: null }))
      .answer(recordAudit, () => ({}))
      .answer(touchKeys, () => ({}))
      .answer(setPassword, () => refuse('token_invalid', 'no'))
      .answer(verifyLogin, () => refuse('invalid_credentials', 'no'))
      .answer(syncClerkUser, ({ body: { clerkUserId } }) => ({
        change: 0,
        ...holder({ clerkUserId, userId: ada }),
        isNewUser: false,
        user: sampleUser(ada, clerkUserId),
      }))
      .answer(exchangePhoneLogin, ({ body: { token, body } }) => {
        if (body.clerkUserId !== undefined && body.clerkUserId !== token.clerkUserId) refuse('identity_mismatch', 'no');
        if (body.phoneNumber !== undefined && body.phoneNumber !== '+12015550100') refuse('identity_mismatch', 'no');
        if (token.clerkUserId === 'user_nophone') refuse('phone_unverified', 'no');
        if (token.clerkUserId === 'user_signedout') refuse('session_ended', 'no');
        if (spent.has(token.id)) refuse('token_used', 'no');
        spent.add(token.id);
        const session = { id: randomUUID(), expiresAt: Date.now() + 60_000 };
        const user = sampleUser(ada, token.clerkUserId);
        return { change: 0, ...holder({ userId: ada }), session, isNewUser: true, user, referral: null };
      })
      .answer(spendConsoleCode, ({ body: { id }, envelope: { principal } }) => {
        if (spent.has(id)) refuse('token_used', 'no');
        spent.add(id);
        note('console', principal);
        return {};
      });
    answerMore(userSync, ingest);
  };
  const gateway = await startTestGateway(environment, prepare, {}, configuration);

  const now = () => Math.floor(Date.now() / 1_000);
  const changeKey = async (text: string, changes: Partial<FoundKey>): Promise<void> => {
    const key = keys.get(apiKeyHash(text));
    if (key === undefined) throw new RangeError('no such key');
    keys.set(apiKeyHash(text), { ...key, ...changes });
    const { keyId, userId } = key;
    const { number } = gateway.changes.change({ kind: 'api_key', reason: 'revoked', keyId, userId });
    await eventually(() => gateway.app.get(TrustChangeFeed).current === number, { intervalMs: 1 });
  };
  return {
    ...gateway,
    reached,
    revocations,
    lookedUp: () => lookedUp,
    exchanged: () => spent.size,
    holdLookups() {
      let resolve: () => void = () => undefined;
      held = new Promise((done) => (resolve = done));
      return () => {
        held = undefined;
        resolve();
      };
    },
    failLookups() {
      held = Promise.reject(new RequestRefusedError('unavailable', 'away'));
      held.catch(() => undefined);
      return () => (held = undefined);
    },
    key(changes = {}) {
      const text = mintApiKey({ environment: 'prod', random: randomBytes(32) });
      const state = { scopes: ['*:*'], state: 'active', expiresAt: null, rateLimit: null } as const;
      keys.set(apiKeyHash(text), { ...holder(), keyId: randomUUID(), ...state, scopes: ['*:*'], ...changes });
      return text;
    },
    changeKey,
    revoke: (text) => changeKey(text, { state: 'revoked' }),
    signOut: (clerkUserId) => void signedOut.add(clerkUserId),
    legacy({ claims = {}, header = {}, secret = LEGACY_SECRET, hash = 'sha256', session = {} } = {}) {
      const [jti, userId] = [randomUUID(), randomUUID()];
      if (!session.unknown) {
        const state = { closed: session.closed ?? false, parentSessionId: null };
        sessions.set(jti, { ...holder({ userId, ...session.holder }), expiresAt: Date.now() + 60_000, ...state });
      }
      const times = { iat: now(), exp: now() + 60 };
      const all = { iss: PUBLIC_URL, aud: 'gatehouse', sub: userId, jti, ...times, ...claims };
      const input = `${encode(bare({ alg: 'HS256', typ: 'JWT', ...header }))}.${encode(bare(all))}`;
      return `${input}.${createHmac(hash, secret).update(input).digest('base64url')}`;
    },
    clerkText(header, claims) {
      const input = [header, claims].map((text) => Buffer.from(text, 'latin1').toString('base64url')).join('.');
      return `${input}.${sign('RSA-SHA256', Buffer.from(input), gateway.pair.privateKey).toString('base64url')}`;
    },
    claims(changes = {}) {
      const times = { iat: now(), exp: now() + 60, nbf: now() - 10 };
      return bare({ ...v2.payload, ...times, sub: CLERK_USER, sid: 'sess_ada', ...changes });
    },
    header: (changes = {}) => bare({ ...v2.header, kid: gateway.pair.kid, ...changes }),
  };
}

function refuse(reason: ConstructorParameters<typeof RequestRefusedError>[0], message: string): never {
  throw new RequestRefusedError(reason, message);
}
