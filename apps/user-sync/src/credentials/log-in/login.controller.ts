import { type EnvelopeClaims, type LoginReply, verifyLogin } from '@gatehouse/contracts';
import { RequestHandler, RequestRefusedError, type VerifiedRequest } from '@gatehouse/messaging';
import { isStorable } from '@gatehouse/persistence';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '../../audit/audit-log/record-audit';
import { UserEntity } from '../../database/user.entity';
import { answerRequest } from '../../requests/answer-request';
import { openLegacySession } from '../../trust-changes/legacy-sessions';
import { lastTrustChangeNumber } from '../../trust-changes/record-trust-changes';
import { holderOf } from '../../user-rows/load-caller';
import { mayAct, mayActSql } from '../../user-rows/may-act';
import { presentUser } from '../../user-rows/present-user';
import { Passwords } from './passwords';

/** Logs in local users by e-mail address and password. */
@Controller()
export class LoginController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly passwords: Passwords,
  ) {}

  @RequestHandler(verifyLogin)
  verify(@Payload() { body, envelope }: VerifiedRequest<typeof verifyLogin>): Promise<LoginReply> {
    return answerRequest(async () => {
      const user = await this.find(body.email);
      const stored = user?.hashedPassword ?? null;
      const { matches, newHash } = await this.passwords.check(body.password, stored);
      if (user === null || !matches) return this.refuse(envelope, user, 'invalid_credentials');
      if (!mayAct(user)) return this.refuse(envelope, user, 'forbidden');
      return this.dataSource.transaction(async (manager) => {
        const change = await lastTrustChangeNumber(manager);
        // Check again in the transaction: the password may have been replaced, or the user deactivated.
        if (!(await this.begin(manager, user, newHash))) {
          throw new RequestRefusedError('invalid_credentials', 'The e-mail address or the password is wrong.');
        }
        const opened = { userId: user.id, parentSessionId: null, ttlMs: body.sessionTtlMs };
        const session = await openLegacySession(manager, opened, envelope.origin);
        await recordAudit(manager, envelope, { action: 'login.password', userId: user.id, subject: session.id });
        const now = await manager.findOneByOrFail(UserEntity, { id: user.id });
        return { change, ...holderOf(now), session, user: presentUser(now) };
      });
    });
  }

  private async find(email: string): Promise<UserEntity | null> {
    const user = await this.dataSource
      .createQueryBuilder(UserEntity, 'u')
      .addSelect('u.hashedPassword')
      .where("u.authProvider = 'local' AND u.deletedAt IS NULL AND lower(u.email) = lower(:email)", {
        email: isStorable(email) ? email.trim() : '',
      })
      .getOne();
    // The gateway counts login attempts by the address in JavaScript's lower case. In some database locales, `lower()`
    // also equates spellings that JavaScript keeps apart. Such a spelling is rejected: it would give a caller extra
    // attempts for the same user.
    return user?.email?.toLowerCase() === email.trim().toLowerCase() ? user : null;
  }

  /** Records the login. @returns false when the password has changed meanwhile, or the user may no longer log in */
  private async begin(manager: EntityManager, user: UserEntity, newHash: string | undefined): Promise<boolean> {
    const [, count] = await manager.query<[unknown, number]>(
      `UPDATE users SET last_login_at = now(), last_active_at = now(), hashed_password = $3
        WHERE id = $1 AND hashed_password = $2 AND deleted_at IS NULL AND ${mayActSql}`,
      [user.id, user.hashedPassword, newHash ?? user.hashedPassword],
    );
    return count === 1;
  }

  private async refuse(
    envelope: EnvelopeClaims,
    user: UserEntity | null,
    reason: 'invalid_credentials' | 'forbidden',
  ): Promise<never> {
    const note = { action: 'login.password', outcome: 'refused', reason, userId: user?.id ?? null } as const;
    await recordAudit(this.dataSource.manager, envelope, note);
    if (reason === 'forbidden') throw new RequestRefusedError(reason, 'The user is not active.');
    throw new RequestRefusedError(reason, 'The e-mail address or the password is wrong.');
  }
}
