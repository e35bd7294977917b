import { type ReplyOf, closeSession, resolveLegacySession } from '@gatehouse/contracts';
import { RequestHandler, RequestRefusedError, requirePrincipal, type VerifiedRequest } from '@gatehouse/messaging';
import { runStatements } from '@gatehouse/persistence';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { recordAudit } from '../../audit/audit-log/record-audit';
import { LegacySessionEntity } from '../../database/legacy-session.entity';
import { lockClerkUsers } from '../../database/lock-clerk-users';
import { UserEntity } from '../../database/user.entity';
import { answerRequest } from '../../requests/answer-request';
import { closeLegacySessions } from '../../trust-changes/legacy-sessions';
import { lastTrustChangeNumber, recordTrustChanges } from '../../trust-changes/record-trust-changes';
import { signOutHere } from '../../trust-changes/sign-out-here';
import { TrustChangePropagation } from '../../trust/lease-gateways/trust-change-propagation';
import { holderOf } from '../../user-rows/load-caller';

type Resolved = ReplyOf<typeof resolveLegacySession>;
type Closed = ReplyOf<typeof closeSession>;

/** Returns the user and state of a legacy session to the gateway, and ends sessions at logout. */
@Controller()
export class LegacySessionsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly propagation: TrustChangePropagation,
  ) {}

  @RequestHandler(resolveLegacySession)
  resolve(@Payload() { body }: VerifiedRequest<typeof resolveLegacySession>): Promise<Resolved> {
    return answerRequest(async () => {
      const { manager } = this.dataSource;
      // Read before the session and the user. They then show every trust change up to this number. If the number were
      // read after them, it could cover a change that they do not show. The gateway would then remember an outdated
      // answer.
      const change = await lastTrustChangeNumber(manager);
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
      throw new RequestRefusedError('invalid_request', 'An API key has no session. Revoke the key instead.');
    }
    const { number, closed } = await answerRequest(() =>
      this.dataSource.transaction(async (manager) => {
        // The lock serializes this logout with a concurrent exchange of the Clerk session. If the logout comes first,
        // the exchange is rejected. If the exchange comes first, the logout closes the new legacy session.
        if (clerkUserId !== null) await runStatements(manager, [lockClerkUsers([clerkUserId])]);
        await manager.update(UserEntity, { id: userId }, { lastLogoutAt: () => 'now()' });
        const sessions = method === 'legacy_jwt' ? { ids: [sessionId] } : { parentSessionIds: [sessionId] };
        const changes = await closeLegacySessions(manager, sessions, 'signed_out');
        const own =
          method === 'clerk_session' && clerkUserId !== null
            ? await signOutHere(manager, { clerkUserId, sessionId })
            : [];
        await recordAudit(manager, envelope, { action: 'logout', userId, subject: sessionId });
        return { closed: changes.length, number: await recordTrustChanges(manager, [...changes, ...own]) };
      }),
    );
    return { closed, propagation: await this.propagation.propagate(number) };
  }
}
