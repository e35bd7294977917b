import { type ReplyOf, listAuthSessions, maxListedAuthSessions } from '@gatehouse/contracts';
import { RequestHandler, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '../../audit/audit-log/record-audit';
import { ClerkSessions, type SessionAtClerk } from '../../clerk/clerk-sessions';
import { type UserSyncConfig } from '../../config';
import { LegacySessionEntity } from '../../database/legacy-session.entity';
import { ClerkRequestError } from '../../errors';
import { answerRequest } from '../../requests/answer-request';
import { CONFIG } from '../../tokens';
import { withoutEnded } from '../../trust-changes/session-standing';
import { presentClerkSession, presentOwnSession } from './present-session';
import { ownerOf } from './session-owner';

interface ClerkList {
  readonly clerk: 'listed' | 'unavailable' | 'none';
  readonly sessions: readonly SessionAtClerk[];
  readonly truncated: boolean;
}

/** Lists the sessions of a person: those of Gatehouse, and those of Clerk if Clerk answers in time. */
@Controller()
export class ListAuthSessionsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sessions: ClerkSessions,
    @Inject(CONFIG) private readonly config: Pick<UserSyncConfig, 'clerkWaits'>,
  ) {}

  @RequestHandler(listAuthSessions)
  list(
    @Payload() { body, envelope }: VerifiedRequest<typeof listAuthSessions>,
  ): Promise<ReplyOf<typeof listAuthSessions>> {
    return answerRequest(async () => {
      const { manager } = this.dataSource;
      const { user, byAdmin, currentId } = await ownerOf(manager, envelope, body.user);
      if (byAdmin) await recordAudit(manager, envelope, { action: 'session.list', userId: user.id });
      const atClerk = await this.listAtClerk(user.clerkUserId);
      // Read after Clerk's list, so that a session that ends meanwhile is left out.
      const own = await openSessions(manager, user.id);
      const open = user.clerkUserId === null ? [] : await withoutEnded(manager, user.clerkUserId, atClerk.sessions);
      const items = [
        ...own.slice(0, maxListedAuthSessions).map((session) => presentOwnSession(session, currentId)),
        ...open.map((session) => presentClerkSession(session, currentId)),
      ];
      const at = ({ lastUsedAt, createdAt }: (typeof items)[number]) => lastUsedAt ?? createdAt;
      return {
        items: items.sort((a, b) => at(b).localeCompare(at(a)) || a.id.localeCompare(b.id)),
        nextCursor: null,
        clerk: atClerk.clerk,
        truncated: atClerk.truncated || own.length > maxListedAuthSessions,
      };
    });
  }

  private async listAtClerk(clerkUserId: string | null): Promise<ClerkList> {
    if (clerkUserId === null) return { clerk: 'none', sessions: [], truncated: false };
    try {
      const timeoutMs = this.config.clerkWaits.sessionList;
      const options = { priority: 'conflict', timeoutMs, callerWaits: true } as const;
      const sessions = await this.sessions.active(clerkUserId, maxListedAuthSessions, options);
      return { clerk: 'listed', sessions, truncated: sessions.length === maxListedAuthSessions };
    } catch (error) {
      if (!(error instanceof ClerkRequestError)) throw error;
      return { clerk: 'unavailable', sessions: [], truncated: false };
    }
  }
}

/** Open sessions of a user, the last used first; one more than are listed, which shows whether there are more. */
function openSessions(manager: EntityManager, userId: string): Promise<LegacySessionEntity[]> {
  return manager
    .createQueryBuilder(LegacySessionEntity, 's')
    .where('s.userId = :userId AND s.closedAt IS NULL AND s.expiresAt > now()', { userId })
    .orderBy('coalesce(s.lastUsedAt, s.createdAt)', 'DESC')
    .limit(maxListedAuthSessions + 1)
    .getMany();
}
