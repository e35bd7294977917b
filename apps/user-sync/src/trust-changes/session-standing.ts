import { type Statement, write } from '@gatehouse/persistence';
import { type EntityManager } from 'typeorm';

/** A Clerk session and its user. */
export interface SessionOfUser {
  readonly clerkUserId: string;
  readonly sessionId: string;
}

/**
 * What the database knows of a Clerk session. `ended`: Clerk has reported its end, or it was ended here.
 * `signedOutBefore`: the user has signed out everywhere at this time, and Clerk has not confirmed that yet. The session
 * is then valid only if it began later, which only Clerk knows.
 */
export interface SessionStanding {
  readonly ended: boolean;
  readonly signedOutBefore: Date | null;
}

const nothingKnown: SessionStanding = { ended: false, signedOutBefore: null };

/**
 * Reads the standings of Clerk sessions of a user, by id. One statement, so that it never sees a sign-out as neither
 * pending nor done.
 */
async function standingsOf(
  manager: EntityManager,
  clerkUserId: string,
  sessionIds: readonly string[],
): Promise<ReadonlyMap<string, SessionStanding>> {
  const rows = await manager.query<{ id: string; ended: boolean; before: Date | null }[]>(
    `SELECT asked.id,
       EXISTS (SELECT FROM changes c WHERE c.kind = 'clerk_session' AND c.session_id = asked.id)
         OR EXISTS (SELECT FROM signed_out_sessions s WHERE s.session_id = asked.id)
         OR EXISTS (SELECT FROM clerk_sign_outs s WHERE s.clerk_user_id = $1 AND s.session_id = asked.id) AS ended,
       (SELECT s.before FROM clerk_sign_outs s
         WHERE s.clerk_user_id = $1 AND s.session_id = '' AND NOT asked.id = ANY (s.kept)) AS before
      FROM unnest($2::text[]) AS asked(id)`,
    [clerkUserId, sessionIds],
  );
  return new Map(rows.map(({ id, ended, before }) => [id, { ended, signedOutBefore: before }]));
}

/** Reads the standing of a Clerk session. */
export async function standingOf(
  manager: EntityManager,
  { clerkUserId, sessionId }: SessionOfUser,
): Promise<SessionStanding> {
  return (await standingsOf(manager, clerkUserId, [sessionId])).get(sessionId) ?? nothingKnown;
}

/** Whether a Clerk session has ended; `startedAt` is when it began, as Clerk says, in milliseconds since the epoch. */
export function hasEnded({ ended, signedOutBefore }: SessionStanding, startedAt: number): boolean {
  return ended || (signedOutBefore !== null && startedAt <= signedOutBefore.getTime());
}

/** Leaves out the sessions that Gatehouse rejects, although they may be active at Clerk: Clerk has yet to revoke them. */
export async function withoutEnded<Session extends { readonly id: string; readonly startedAt: number }>(
  manager: EntityManager,
  clerkUserId: string,
  sessions: readonly Session[],
): Promise<Session[]> {
  const standings = await standingsOf(
    manager,
    clerkUserId,
    sessions.map(({ id }) => id),
  );
  return sessions.filter(({ id, startedAt }) => !hasEnded(standings.get(id) ?? nothingKnown, startedAt));
}

/** Maximum sessions in `kept`. Of further sessions, Clerk is asked each time. */
const MAX_KEPT = 100;

/**
 * Notes that Clerk showed the session as active, and as begun after `before`. Clerk need not be asked again then.
 */
export async function keepSession(
  manager: EntityManager,
  { clerkUserId, sessionId }: SessionOfUser,
  before: Date,
): Promise<void> {
  await manager.query(
    `UPDATE clerk_sign_outs SET kept = array_append(kept, $2)
      WHERE clerk_user_id = $1 AND session_id = '' AND before = $3 AND NOT $2 = ANY (kept)
        AND cardinality(kept) < ${MAX_KEPT}`,
    [clerkUserId, sessionId, before],
  );
}

/** A Clerk session that began; `startedAt` in milliseconds since the epoch. */
export interface StartedSession {
  readonly id: string;
  readonly clerkUserId: string;
  readonly startedAt: number;
}

/**
 * Statements that keep sessions of which an event says that they began after their user signed out everywhere. Such a
 * user can then sign in again, although the Backend API does not answer.
 */
export function keepStartedSessions(sessions: readonly StartedSession[]): Statement[] {
  if (sessions.length === 0) return [];
  const statement = write(
    'keep-started-sessions',
    `UPDATE clerk_sign_outs s SET kept = s.kept || started.ids
       FROM (SELECT o.clerk_user_id, array_agg(DISTINCT n.id) AS ids
               FROM clerk_sign_outs o JOIN unnest($1::text[], $2::text[], $3::float8[]) AS n(clerk_user_id, id, started_at)
                 ON n.clerk_user_id = o.clerk_user_id AND n.started_at > 1000 * extract(epoch FROM o.before)
                AND NOT n.id = ANY (o.kept)
              WHERE o.clerk_user_id = ANY ($1::text[]) AND o.session_id = '' GROUP BY o.clerk_user_id) AS started
      WHERE s.clerk_user_id = started.clerk_user_id AND s.clerk_user_id = ANY ($1::text[]) AND s.session_id = ''
        AND cardinality(s.kept) < ${MAX_KEPT}`,
    [
      sessions.map(({ clerkUserId }) => clerkUserId),
      sessions.map(({ id }) => id),
      sessions.map(({ startedAt }) => startedAt),
    ],
  );
  return [statement];
}
