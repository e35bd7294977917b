import { type ParsedRequestOf, type ReplyOf, type resolvePrincipal } from '@gatehouse/contracts';
import { RequestRefusedError } from '@gatehouse/messaging';
import { SQL_STATE } from '@gatehouse/persistence';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ClerkTombstoneEntity } from '../../database/clerk-tombstone.entity';
import { UserEntity } from '../../database/user.entity';
import { DatabaseRefusedError } from '../../errors';
import { answerRequest } from '../../requests/answer-request';
import { lastTrustChangeNumber } from '../../trust-changes/record-trust-changes';
import { type SessionStanding, standingOf } from '../../trust-changes/session-standing';
import { holderOf } from '../../user-rows/load-caller';
import { FirstLogin, type LoginKind } from './first-login';
import { SessionInquiry } from './session-inquiry';

type Resolved = ReplyOf<typeof resolvePrincipal> & { readonly isNewUser: boolean };
type Session = ParsedRequestOf<typeof resolvePrincipal>;
type Found = Omit<Resolved, 'isNewUser' | 'sessionEnded'> & { readonly standing: SessionStanding };

/** Finds the user of a Clerk session; creates a user that is not here yet. */
@Injectable()
export class PrincipalResolver {
  constructor(
    private readonly dataSource: DataSource,
    private readonly firstLogin: FirstLogin,
    private readonly inquiry: SessionInquiry,
  ) {}

  /**
   * Resolves a Clerk session.
   * @throws RequestRefusedError for a user who is deleted, unknown to Clerk, or cannot be created now
   */
  async resolve(session: Session, requestId: string): Promise<Resolved> {
    const found = await this.find(session);
    if (found !== undefined) return { ...(await this.judge(session, found)), isNewUser: false };
    const { decision } = await this.settle(session.clerkUserId, requestId);
    const made = await this.find(session);
    if (made === undefined) throw new RequestRefusedError('unavailable', 'The user is not here yet. Retry.');
    return { ...(await this.judge(session, made)), isNewUser: decision === 'create' };
  }

  /** Reads the user from Clerk and applies the answer. @throws RequestRefusedError */
  async settle(
    clerkUserId: string,
    requestId: string,
    kind?: LoginKind,
    timeoutMs?: number,
  ): Promise<{ readonly decision: string }> {
    try {
      return await this.firstLogin.create(clerkUserId, requestId, kind, timeoutMs);
    } catch (error) {
      if (!(error instanceof DatabaseRefusedError && error.sqlState === SQL_STATE.uniqueViolation)) throw error;
      throw new RequestRefusedError('conflict', 'Another user here has the e-mail address or phone number.', {
        cause: error,
      });
    }
  }

  /** The stored user; undefined when the user was never stored here. @throws RequestRefusedError for a deleted user */
  private find({ clerkUserId, sessionId }: Session): Promise<Found | undefined> {
    return answerRequest(async () => {
      const { manager } = this.dataSource;
      // Read before the user. The user then shows every trust change up to this number. If the number were read
      // afterwards, it could cover a change that the user does not show. The gateway would then remember an outdated
      // answer.
      const change = await lastTrustChangeNumber(manager);
      const user = await manager.findOneBy(UserEntity, { clerkUserId });
      const gone = user === null ? await manager.existsBy(ClerkTombstoneEntity, { clerkUserId }) : user.deletedAt;
      if (gone) throw new RequestRefusedError('user_deleted', 'The user was deleted.');
      if (user === null) return undefined;
      const standing = await standingOf(manager, { clerkUserId, sessionId });
      return { change, ...holderOf(user), standing };
    });
  }

  /**
   * Decides whether the session has ended. Asks Clerk when it began, if the user has signed out everywhere and Clerk has
   * not confirmed that yet. If Clerk does not answer either, the reply says since when sessions must have begun.
   */
  private async judge(session: Session, { standing, ...found }: Found): Promise<Omit<Resolved, 'isNewUser'>> {
    const { ended, signedOutBefore } = standing;
    if (ended || signedOutBefore === null) return { ...found, sessionEnded: ended };
    const began = await this.inquiry.beganAfter(session, signedOutBefore);
    if (began !== undefined) return { ...found, sessionEnded: !began };
    // `change` 0: the gateway of the previous release would remember that the session has ended.
    return { ...found, change: 0, sessionEnded: true, signedOutBefore: signedOutBefore.getTime() };
  }
}
