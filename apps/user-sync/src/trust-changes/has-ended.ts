import { type EntityManager } from 'typeorm';

/** Whether a Clerk session has ended: Clerk has reported its end, or the user has logged out here. */
export async function hasEnded(manager: EntityManager, sessionId: string): Promise<boolean> {
  const rows = await manager.query<unknown[]>(
    `SELECT FROM changes WHERE kind = 'clerk_session' AND session_id = $1
      UNION ALL SELECT FROM signed_out_sessions WHERE session_id = $1 LIMIT 1`,
    [sessionId],
  );
  return rows.length > 0;
}
