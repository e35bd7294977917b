import { type Referral, type ReferralRejection, getReferral, useReferralCode } from '@gatehouse/contracts';
import { RequestHandler, RequestRefusedError, requirePrincipal, type VerifiedRequest } from '@gatehouse/messaging';
import { repeatOnConflict } from '@gatehouse/persistence';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource, type EntityManager } from 'typeorm';
import { type UserSyncConfig } from '../../config';
import { answerRequest } from '../../requests/answer-request';
import { CONFIG } from '../../tokens';
import { loadCaller } from '../../user-rows/load-caller';
import { recordReferral } from './record-referral';
import { canUseCodeSql, usableUntilSql } from './referral-window';

const messages: Record<ReferralRejection, string> = {
  referral_code_unknown: 'No active user has this referral code. Check the code.',
  referral_own_code: 'This is your own referral code. Use the code of the user who referred you.',
  referral_used: 'You have already used another referral code. It cannot be changed.',
  referral_too_late: 'A referral code can be used within 24 hours of the first login.',
  referral_mutual: 'The owner of this code has used your code. Two users cannot refer each other.',
};

/** What is wrong with the code, where another code could be used. */
const codeFaults: Partial<Record<ReferralRejection, string>> = {
  referral_code_unknown: 'belongs to no active user',
  referral_own_code: 'is your own',
  referral_mutual: 'belongs to a user who has used your code',
};

/** Records who referred the calling user, and shows its referrals. */
@Controller()
export class ReferralController {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Pick<UserSyncConfig, 'referralCodePrefix'>,
  ) {}

  @RequestHandler(getReferral)
  show(@Payload() { envelope }: VerifiedRequest<typeof getReferral>): Promise<Referral> {
    const principal = requirePrincipal(envelope);
    return answerRequest(async () => {
      const { id } = await loadCaller(this.dataSource.manager, principal);
      return loadReferral(this.dataSource.manager, id);
    });
  }

  @RequestHandler(useReferralCode)
  use(@Payload() { body, envelope }: VerifiedRequest<typeof useReferralCode>): Promise<Referral> {
    const principal = requirePrincipal(envelope);
    const work = async (manager: EntityManager): Promise<Referral> => {
      const { id } = await loadCaller(manager, principal);
      const given = { userId: id, code: body.code, prefix: this.config.referralCodePrefix };
      const rejection = await recordReferral(manager, envelope, given);
      if (rejection !== null) throw rejected(rejection);
      return loadReferral(manager, id);
    };
    return answerRequest(() => repeatOnConflict(() => this.dataSource.transaction(work)));
  }
}

interface ReferralRow {
  readonly code: string;
  readonly referred_users: number;
  readonly used_code: string | null;
  /** When the user used the code of another user; meaningless without `used_code`. */
  readonly used_at: Date;
  readonly can_use_code: boolean;
  readonly usable_until: Date | null;
}

async function loadReferral(manager: EntityManager, userId: string): Promise<Referral> {
  const rows = await manager.query<ReferralRow[]>(
    `SELECT u.referral_code AS code, used.referral_code AS used_code, coalesce(u.referred_at, u.updated_at) AS used_at,
            (SELECT count(*)::int FROM users r WHERE r.referred_by = u.id) AS referred_users,
            ${canUseCodeSql} AS can_use_code, ${usableUntilSql} AS usable_until
       FROM users u LEFT JOIN users used ON used.id = u.referred_by WHERE u.id = $1`,
    [userId],
  );
  const [row] = rows as [ReferralRow];
  return {
    code: row.code,
    referredUsers: row.referred_users,
    used: row.used_code === null ? null : { code: row.used_code, at: row.used_at.toISOString() },
    canUseCode: row.can_use_code,
    usableUntil: row.can_use_code ? (row.usable_until?.toISOString() ?? null) : null,
  };
}

function rejected(rejection: ReferralRejection): RequestRefusedError {
  const message = codeFaults[rejection];
  const fields = message === undefined ? undefined : [{ field: 'code', message }];
  return new RequestRefusedError(rejection, messages[rejection], { fields });
}
