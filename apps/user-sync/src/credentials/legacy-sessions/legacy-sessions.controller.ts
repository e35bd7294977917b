import { type ReplyOf, closeSession, resolveLegacySession } from '@gatehouse/contracts';
import { RequestHandler, RequestRefusedError, requirePrincipal, type VerifiedRequest } from '@gatehouse/messaging';
import { runStatements } from '@gatehouse/persistence';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource, type EntityManager } from 'typeorm';
import { type NewChange, currentNumber, recordChanges } from '../../trust-changes/record-trust-changes';
import { answerRequest } from '../../requests/answer-request';
import { lockClerkUsers } from '../../database/lock-clerk-users';
import { LegacySessionEntity } from '../../database/legacy-session.entity';
import { UserEntity } from '../../database/user.entity';
import { hasEnded } from '../../trust-changes/has-ended';
import { recordAudit } from '../../audit/audit-log/record-audit';
import { ChangePropagation } from '../../trust/lease-gateways/change-propagation';
import { holderOf } from '../../user-rows/load-caller';
import { closeLegacySessions } from '../../trust-changes/legacy-sessions';

type Resolved = ReplyOf<typeof resolveLegacySession>;
type Closed = ReplyOf<typeof closeSession>;

/** Tells whether a legacy session holds, and closes sessions at logout. */
@Controller()
export class LegacySessionsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly propagation: ChangePropagation,
  ) {}

  @RequestHandler(resolveLegacySession)
  resolve(@Payload() { body }: VerifiedRequest<typeof resolveLegacySession>): Promise<Resolved> {
    return answerRequest(async () => {
      const { manager } = this.dataSource;
      // Before all that it vouches for.
      const change = await currentNumber(manager);
      const { sessionId: id, userId } = body;
      const session = await manager.findOneBy(LegacySessionEntity, { id, userId });
      const user = session === null ? null : await manager.findOneBy(UserEntity, { id: userId });
      if (session === null || user === null) return { change, session: null };
      const { expiresAt, closedAt, parentSessionId } = session;
      return {
        change,
        session: {
          ...holderOf(user),
          expiresAt: expiresAt.getTime(),
          closed: closedAt !== null,
          parentSessionId,
        },
      };
    });
  }

  @RequestHandler(closeSession)
  async close(@Payload() { envelope }: VerifiedRequest<typeof closeSession>): Promise<Closed> {
    const { userId, clerkUserId, method, sessionId } = requirePrincipal(envelope);
    if (sessionId === null || method === 'api_key') {
      throw new RequestRefusedError('invalid_request', 'an API key has no session: revoke it instead');
    }
    const { number, closed } = await answerRequest(() =>
      this.dataSource.transaction(async (manager) => {
        // A token of the session that is being exchanged meanwhile must find it ended, or be found here.
        if (clerkUserId !== null) await runStatements(manager, [lockClerkUsers([clerkUserId])]);
        await manager.update(UserEntity, { id: userId }, { lastLogoutAt: () => 'now()' });
        const sessions = method === 'legacy_jwt' ? { ids: [sessionId] } : { parentSessionIds: [sessionId] };
        const changes = await closeLegacySessions(manager, sessions, 'signed_out');
        const own = method === 'clerk_session' ? await signOut(manager, sessionId, clerkUserId) : [];
        await recordAudit(manager, envelope, { action: 'logout', userId, subject: sessionId });
        return { closed: changes.length, number: await recordChanges(manager, [...changes, ...own]) };
      }),
    );
    return { closed, propagation: await this.propagation.spread(number) };
  }
}

/** We trust the Clerk session no longer, whatever Clerk says of it. */
async function signOut(manager: EntityManager, sessionId: string, clerkUserId: string | null): Promise<NewChange[]> {
  if (clerkUserId === null || (await hasEnded(manager, sessionId))) return [];
  await manager.query('INSERT INTO signed_out_sessions (session_id) VALUES ($1) ON CONFLICT DO NOTHING', [sessionId]);
  return [{ kind: 'clerk_session', sessionId, clerkUserId, reason: 'signed_out' }];
}
