import { Module } from '@nestjs/common';
import { ListReferralsController } from './list-referrals/list-referrals.controller';
import { ReferralController } from './use-referral-code/referral.controller';

/** Owns who referred whom. */
@Module({ controllers: [ListReferralsController, ReferralController] })
export class ReferralsModule {}
