import { type ParsedRequestOf, type ReplyOf, createUser, issuePasswordToken } from '@gatehouse/contracts';
import { displayName } from '@gatehouse/lifecycle';
import { RequestHandler, RequestRefusedError, fieldRefused, type VerifiedRequest } from '@gatehouse/messaging';
import { isTransactionConflict, isUniqueViolation, repeatOnConflict } from '@gatehouse/persistence';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '../../audit/audit-log/record-audit';
import { type UserSyncConfig } from '../../config';
import { issueToken } from '../../credentials/set-password/password-tokens';
import { UserEntity } from '../../database/user.entity';
import { answerRequest } from '../../requests/answer-request';
import { requireStorable } from '../../requests/require-storable';
import { CONFIG } from '../../tokens';
import { requireUser } from '../../user-rows/find-user';
import { loadAdmin, lockUser } from '../../user-rows/load-admin';
import { newUserId } from '../../user-rows/new-user';
import { newReferralCode } from '../../user-rows/referral-code';
import { presentUserToAdmin } from '../../user-rows/present-user';

type Draft = ParsedRequestOf<typeof createUser>;

/** Creates local users, who log in by a password, and issues their set-password tokens. */
@Controller()
export class CreateUserController {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Pick<UserSyncConfig, 'referralCodePrefix'>,
  ) {}

  @RequestHandler(createUser)
  async create(@Payload() { body, envelope }: VerifiedRequest<typeof createUser>): Promise<ReplyOf<typeof createUser>> {
    requireStorable(body);
    return this.transaction(async (manager) => {
      await loadAdmin(manager, envelope);
      const user = await insertLocalUser(manager, body, this.config.referralCodePrefix);
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
    return answerRequest(() => repeatOnConflict(() => this.dataSource.transaction(work), isWorthRetrying));
  }
}

/** Unique index that an insert of a local user violates while another local user has the address. */
const EMAIL_IS_TAKEN = 'users_email_local_live_key';

/** Whether repeating the transaction may succeed: after a deadlock, or when the new referral code is already in use. */
function isWorthRetrying(error: unknown): boolean {
  return isTransactionConflict(error) || isUniqueViolation(error, 'users_referral_code_key');
}

async function insertLocalUser(manager: EntityManager, draft: Draft, prefix: string): Promise<UserEntity> {
  const { email, firstName = null, lastName = null, username = null, role, tier } = draft;
  const taken = await manager.query<unknown[]>(
    `SELECT FROM users WHERE lower(email) = lower($1) AND deleted_at IS NULL
        AND (email_verified OR auth_provider = 'local') LIMIT 1`,
    [email],
  );
  if (taken.length > 0) throw isTaken();
  const id = newUserId();
  try {
    await manager.insert(UserEntity, {
      ...{ id, authProvider: 'local', email, firstName, lastName, username, role, subscription: tier },
      fullName: displayName({ firstName, lastName, username }),
      referralCode: newReferralCode(prefix),
    });
  } catch (error) {
    if (isUniqueViolation(error, EMAIL_IS_TAKEN)) throw isTaken();
    throw error;
  }
  return manager.findOneByOrFail(UserEntity, { id });
}

function isTaken(): RequestRefusedError {
  return fieldRefused('conflict', 'email', 'is held by another user');
}
