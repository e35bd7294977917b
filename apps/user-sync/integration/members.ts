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
import { type RequestContext, RequestRefusedError } from '@gatehouse/messaging';
import { eventually } from '@gatehouse/testing';
import { json } from './clerk-api';
import { type UserJson, clerkUser, newClerkId } from './clerk-events';
import { type SyncWorld } from './sync-world';

/** Reasons of refusals that mean a timeout at PostgreSQL, Clerk or NATS. */
const BUSY = new Set<string>(['unavailable', 'clerk_unavailable']);

/** A stored user, with its principal and request context as the gateway sends them. */
export interface Member {
  readonly user: UserJson;
  readonly principal: Principal;
  readonly context: RequestContext;
}

/** Request context without a principal, as before authentication. */
export const nobody = (): RequestContext => ({ principal: null, requestId: randomUUID() });

/** Principal of a resolved user, as the gateway sends it. */
export function principalOf(
  { userId, clerkUserId, role, tier }: Pick<Principal, 'userId' | 'clerkUserId' | 'role' | 'tier'>,
  sessionId: string,
): Principal {
  return { userId, clerkUserId, method: 'clerk_session', role, tier, scopes: [], sessionId };
}

/** Context of an admin, or of another role, who is not stored here. */
export function adminContext(role: Principal['role'] = 'admin'): RequestContext & { readonly principal: Principal } {
  const found = { userId: randomUUID(), clerkUserId: 'user_admin', role, tier: 'free' } as const;
  return { principal: principalOf(found, 'sess_1'), requestId: randomUUID() };
}

/** Matches a refused request. */
export const refusal = (reason: string): unknown => expect.objectContaining({ code: 'REQUEST_REFUSED', reason });

/** A unique Clerk session id. */
export const newSessionId = (): string => `sess_${randomUUID().replaceAll('-', '')}`;

/** A Clerk user after its first login, with its own session. */
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

/** A user in Clerk's directory after its first login. */
export function memberAtClerk(world: SyncWorld, changes: Record<string, unknown> = {}): Promise<Member> {
  return arrive(world, userAtClerk(world, changes));
}

/** Sends a repeatable request again while a busy machine does not answer it in time. */
export async function patiently<Reply>(send: () => Promise<Reply>): Promise<Reply> {
  const answer = await eventually(async () => {
    try {
      return { reply: await send() };
    } catch (error) {
      if (error instanceof RequestRefusedError && BUSY.has(error.reason)) throw error;
      return { error };
    }
  });
  if ('error' in answer) throw answer.error;
  return answer.reply;
}

async function arrive(world: SyncWorld, user: UserJson): Promise<Member> {
  const sessionId = newSessionId();
  const found = await patiently(() =>
    world.gateway.send(resolvePrincipal, { clerkUserId: user.id, sessionId }, nobody()),
  );
  const principal = principalOf(found, sessionId);
  return { user, principal, context: { principal, requestId: randomUUID() } };
}

/** An admin after its first login. */
export function admin(world: SyncWorld): Promise<Member> {
  return member(world, { public_metadata: { role: 'admin' } });
}

/** Creates an API key of this member. */
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

/** Logs in by password, as the gateway does. */
export function logIn(world: SyncWorld, email: string, password = PASSWORD): Promise<ReplyOf<typeof verifyLogin>> {
  return world.gateway.send(verifyLogin, { email, password, sessionTtlMs: 3_600_000 }, nobody());
}
