import { randomUUID } from 'node:crypto';
import {
  type Principal,
  listAuthSessions,
  resolveLegacySession,
  resolvePrincipal,
  verifyLogin,
} from '@gatehouse/contracts';
import { type RequestContext } from '@gatehouse/messaging';
import { eventually } from '@gatehouse/testing';
import { type Member, PASSWORD, admin, localUser, member, nobody, principalOf } from './members';
import { silence } from './clerk-api';
import { SyncWorld } from './sync-world';

/** Wait for a silent Clerk. */
const SHORT_MS = 300;

/** A world with users who have sessions at Clerk and at Gatehouse. */
export class AuthSessionWorld {
  private constructor(
    readonly world: SyncWorld,
    readonly boss: Member,
  ) {}

  static async start(): Promise<AuthSessionWorld> {
    const world = await SyncWorld.start();
    await world.boot({ RETRY_BASE_MS: '50', RETRY_CAP_MS: '100' }, { signOuts: 50 });
    return new AuthSessionWorld(world, await admin(world));
  }

  /** Clerk does not answer requests for a list of sessions; nobody waits long for it. */
  silenceLists(): void {
    this.world.waitForClerk(SHORT_MS);
    this.world.clerk.sessions.listAnswer = silence;
  }

  /** Clerk answers all requests again, and is waited for. */
  restoreClerk(): void {
    this.world.waitForClerk();
    this.world.clerk.outage = undefined;
    this.world.clerk.sessions.listAnswer = undefined;
    this.world.clerk.sessions.revokeAnswer = undefined;
  }

  /** A user with a Clerk session on each of two devices; `phone` is the current one. */
  async onTwoDevices() {
    const ada = await member(this.world);
    const begin = (ago: number) => this.world.clerk.sessions.begin(ada.user.id, {}, Date.now() - ago);
    const [laptop, phone] = [begin(60_000), begin(30_000)];
    const context: RequestContext & { principal: Principal } = {
      principal: principalOf({ ...ada.principal }, phone.id),
      requestId: randomUUID(),
      origin: { sourceIp: '192.0.2.1', userAgent: 'curl/8.7.1' },
    };
    return { ada, userId: ada.principal.userId, clerkUserId: ada.user.id, laptop, phone, context };
  }

  /** A local user, logged in once by password from an address. */
  async loggedIn() {
    const { userId, email } = await localUser(this.world, this.boss);
    const origin = {
      sourceIp: '192.0.2.7',
      userAgent: 'Mozilla/5.0 (Windows NT 10.0; rv:141.0) Gecko/20100101 Firefox/141.0',
    };
    const asked = { email, password: PASSWORD, sessionTtlMs: 3_600_000 };
    const { session } = await this.world.gateway.send(verifyLogin, asked, { ...nobody(), origin });
    return { userId, email, sessionId: session.id, context: contextOf(userId, session.id) };
  }

  /** A Gatehouse session that was exchanged for this Clerk session. */
  async exchanged(userId: string, parentSessionId: string): Promise<string> {
    const id = randomUUID();
    await this.world.query(
      `INSERT INTO legacy_sessions (id, user_id, parent_session_id, expires_at) VALUES ($1, $2, $3, now() + interval '1 hour')`,
      [id, userId, parentSessionId],
    );
    return id;
  }

  list(context: RequestContext, user?: string) {
    return this.world.gateway.send(listAuthSessions, user === undefined ? {} : { user }, context);
  }

  /** The answer about a Clerk session. */
  resolve(clerkUserId: string, sessionId: string) {
    return this.world.gateway.send(resolvePrincipal, { clerkUserId, sessionId }, nobody());
  }

  /** Whether a Gatehouse session is closed. */
  async isClosed(sessionId: string, userId: string) {
    return (await this.world.gateway.send(resolveLegacySession, { sessionId, userId }, nobody())).session?.closed;
  }

  /** Sign-outs of a user that Clerk has not confirmed. */
  pendingOf(clerkUserId: string) {
    return this.world.query('SELECT * FROM clerk_sign_outs WHERE clerk_user_id = $1', [clerkUserId]);
  }

  /** Resolves when Clerk has confirmed all sign-outs of a user. */
  drained(clerkUserId: string) {
    return eventually(async () => (await this.pendingOf(clerkUserId)).length === 0);
  }
}

/** Context of a request with a Gatehouse session. */
export function contextOf(userId: string, sessionId: string, clerkUserId: string | null = null): RequestContext {
  const common = { role: 'user', tier: 'free', method: 'legacy_jwt' } as const;
  return { principal: { ...common, scopes: [], userId, clerkUserId, sessionId }, requestId: randomUUID() };
}
