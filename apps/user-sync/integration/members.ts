import { randomUUID } from 'node:crypto';
import {
  type Principal,
  type ReplyOf,
  createKey,
  createUser,
  resolvePrincipal,
  setPassword,
  verifyLogin,
} from '@gatehouse/contracts';
import { type RequestContext } from '@gatehouse/messaging';
import { json } from './clerk-api';
import { type UserJson, clerkUser, newClerkId } from './clerk-events';
import { type SyncWorld } from './sync-world';

/** A user that is here, and how the gateway would speak for it. */
export interface Member {
  readonly user: UserJson;
  readonly principal: Principal;
  readonly context: RequestContext;
}

/** Nobody: what the gateway says while it is still finding out who calls. */
export const nobody = (): RequestContext => ({ principal: null, requestId: randomUUID() });

/** A user that was found, as the gateway speaks for it. */
export function principalOf(
  { userId, clerkUserId, role, tier }: Pick<Principal, 'userId' | 'clerkUserId' | 'role' | 'tier'>,
  sessionId: string,
): Principal {
  return { userId, clerkUserId, method: 'clerk_session', role, tier, scopes: [], sessionId };
}

/** An admin, or of another role, who has never been here: what the gateway says of it is enough. */
export function adminContext(role: Principal['role'] = 'admin'): RequestContext & { readonly principal: Principal } {
  const found = { userId: randomUUID(), clerkUserId: 'user_admin', role, tier: 'free' } as const;
  return { principal: principalOf(found, 'sess_1'), requestId: randomUUID() };
}

/** What a refused request looks like. */
export const refusal = (reason: string): unknown => expect.objectContaining({ code: 'REQUEST_REFUSED', reason });

/** A Clerk session id that no other test has. */
export const newSessionId = (): string => `sess_${randomUUID().replaceAll('-', '')}`;

/** A Clerk user that has come here, with a session of its own. */
export function member(world: SyncWorld, changes: Record<string, unknown> = {}): Promise<Member> {
  const user = clerkUser(newClerkId(), changes);
  world.clerk.answer(user.id, json(200, user));
  return arrive(world, user);
}

/** A new user in Clerk's directory; no event has been delivered. */
export function userAtClerk(world: SyncWorld, changes: Record<string, unknown> = {}): UserJson {
  const user = clerkUser(newClerkId(), changes);
  world.clerk.directory.users.push(user);
  return user;
}

/** A user in Clerk's directory that has come here by a first login. */
export function memberAtClerk(world: SyncWorld, changes: Record<string, unknown> = {}): Promise<Member> {
  return arrive(world, userAtClerk(world, changes));
}

async function arrive(world: SyncWorld, user: UserJson): Promise<Member> {
  const sessionId = newSessionId();
  const found = await world.gateway.send(resolvePrincipal, { clerkUserId: user.id, sessionId }, nobody());
  const principal = principalOf(found, sessionId);
  return { user, principal, context: { principal, requestId: randomUUID() } };
}

/** An admin that has come here. */
export function admin(world: SyncWorld): Promise<Member> {
  return member(world, { public_metadata: { role: 'admin' } });
}

/** A key of this member. */
export function keyOf(
  world: SyncWorld,
  { context }: Member,
  draft: { name?: string; scopes?: string[]; expiresAt?: string; rateLimit?: number } = {},
): Promise<ReplyOf<typeof createKey>> {
  return world.gateway.send(createKey, { name: 'ci', scopes: ['profile:read'], ...draft }, context);
}

/** The password of every local user of these tests. */
export const PASSWORD = 'correct horse battery';

/** A local user with a password. */
export async function localUser(world: SyncWorld, by: Member): Promise<{ userId: string; email: string }> {
  const email = `${randomUUID()}@Local.example.com`;
  const { user, passwordToken } = await world.gateway.send(createUser, { email }, by.context);
  await world.gateway.send(setPassword, { token: passwordToken.token, password: PASSWORD }, nobody());
  return { userId: user.id, email };
}

/** A login by password, as the gateway asks for it. */
export function logIn(world: SyncWorld, email: string, password = PASSWORD): Promise<ReplyOf<typeof verifyLogin>> {
  return world.gateway.send(verifyLogin, { email, password, sessionTtlMs: 3_600_000 }, nobody());
}
