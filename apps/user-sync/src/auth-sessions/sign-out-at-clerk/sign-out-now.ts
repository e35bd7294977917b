import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { ClerkSessions } from '../../clerk/clerk-sessions';
import { type UserSyncConfig } from '../../config';
import { CONFIG } from '../../tokens';
import { type LeasedSignOut, SignOutQueue } from './sign-out-queue';
import { SignOutRound } from './sign-out-round';

/** Makes the first attempt of a sign-out, for which the caller waits. */
@Injectable()
export class SignOutNow {
  constructor(
    private readonly queue: SignOutQueue,
    private readonly round: SignOutRound,
    private readonly sessions: ClerkSessions,
    @Inject(CONFIG) private readonly config: Pick<UserSyncConfig, 'clerkWaits'>,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /**
   * Returns `revoked` when Clerk has confirmed the sign-out, `pending` when that takes longer or fails. Never throws: the
   * sign-out stays in the outbox until Clerk has confirmed it. Call it after the commit. `isVerified`: Clerk has said that
   * the single session belongs to the user.
   */
  async attempt(item: LeasedSignOut, isVerified: boolean): Promise<'revoked' | 'pending'> {
    const attempt = this.run(item, isVerified).catch(async (error: unknown) => {
      this.log.warn({ clerkUserId: item.clerkUserId, reason: String(error) }, 'sign-out at Clerk failed; retrying');
      await this.queue.release(item).catch(() => undefined);
      return 'pending' as const;
    });
    const { signOutList, signOutRevoke } = this.config.clerkWaits;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<'pending'>((resolve) => {
      timer = setTimeout(() => resolve('pending'), signOutList + signOutRevoke);
    });
    // After the timeout the attempt goes on in the background, under its lease.
    return Promise.race([attempt, timeout]).finally(() => clearTimeout(timer));
  }

  private async run(item: LeasedSignOut, isVerified: boolean): Promise<'revoked' | 'pending'> {
    const known = await this.sessionsOf(item, isVerified);
    return (await this.round.attempt(item, known)).done ? 'revoked' : 'pending';
  }

  private async sessionsOf({ clerkUserId, sessionId }: LeasedSignOut, isVerified: boolean) {
    if (sessionId !== null) return isVerified ? [sessionId] : undefined;
    // The list times out before the answer is sent. So a session that the user begins after the answer is not in it.
    const timeoutMs = this.config.clerkWaits.signOutList;
    const options = { priority: 'conflict', timeoutMs, callerWaits: true } as const;
    return (await this.sessions.live(clerkUserId, options)).map(({ id }) => id);
  }
}
