import { type ParsedRequestOf, type ReplyOf, createUser, issuePasswordToken } from '@gatehouse/contracts';
import { displayName } from '@gatehouse/lifecycle';
import { RequestHandler, RequestRefusedError, type VerifiedRequest } from '@gatehouse/messaging';
import { isUniqueViolation } from '@gatehouse/persistence';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '../../audit/audit-log/record-audit';
import { issueToken } from '../../credentials/set-password/password-tokens';
import { UserEntity } from '../../database/user.entity';
import { answerRequest } from '../../requests/answer-request';
import { requireStorable } from '../../requests/require-storable';
import { requireUser } from '../../user-rows/find-user';
import { loadAdmin, lockUser } from '../../user-rows/load-admin';
import { newReferralCode, newUserId } from '../../user-rows/new-user';
import { presentUserToAdmin } from '../../user-rows/present-user';
import { tierLimits } from './tier-limits';

type Draft = ParsedRequestOf<typeof createUser>;

/** Creates local users, who log in by a password, and issues their set-password tokens. */
@Controller()
export class CreateUserController {
  constructor(private readonly dataSource: DataSource) {}

  @RequestHandler(createUser)
  async create(@Payload() { body, envelope }: VerifiedRequest<typeof createUser>): Promise<ReplyOf<typeof createUser>> {
    requireStorable(body);
    return this.transaction(async (manager) => {
      await loadAdmin(manager, envelope);
      const user = await insertLocalUser(manager, body);
      const passwordToken = await issueToken(manager, user.id);
      const details = { role: user.role, tier: user.subscription };
      await recordAudit(manager, envelope, { action: 'user.create', userId: user.id, details });
      return { user: presentUserToAdmin(user), passwordToken };
    });
  }

  @RequestHandler(issuePasswordToken)
  issue(
    @Payload() { body, envelope }: VerifiedRequest<typeof issuePasswordToken>,
  ): Promise<ReplyOf<typeof issuePasswordToken>> {
    return this.transaction(async (manager) => {
      await loadAdmin(manager, envelope);
      const { id } = await requireUser(manager, body.userId);
      const user = await lockUser(manager, id);
      if (user.authProvider !== 'local') {
        throw new RequestRefusedError('conflict', 'The user signs in through Clerk and has no password here.');
      }
      const passwordToken = await issueToken(manager, user.id);
      await recordAudit(manager, envelope, { action: 'password.token', userId: user.id });
      return { passwordToken };
    });
  }

  private transaction<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    return answerRequest(() => this.dataSource.transaction(work));
  }
}

async function insertLocalUser(manager: EntityManager, draft: Draft): Promise<UserEntity> {
  const { email, firstName = null, lastName = null, username = null, role, tier } = draft;
  const taken = await manager.query<unknown[]>(
    `SELECT FROM users WHERE lower(email) = lower($1) AND deleted_at IS NULL
        AND (email_verified OR auth_provider = 'local') LIMIT 1`,
    [email],
  );
  if (taken.length > 0) throw isTaken();
  const id = newUserId();
  const { tokens, uploads } = tierLimits[tier];
  try {
    await manager.insert(UserEntity, {
      ...{ id, authProvider: 'local', email, firstName, lastName, username, role, subscription: tier },
      fullName: displayName({ firstName, lastName, username }),
      referralCode: newReferralCode(),
      ...{ tokensRemaining: tokens, tokensMonthlyLimit: tokens, uploadsMonthlyLimit: uploads },
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw isTaken();
    throw error;
  }
  return manager.findOneByOrFail(UserEntity, { id });
}

function isTaken(): RequestRefusedError {
  return new RequestRefusedError('conflict', 'email: is held by another user');
}
