import { Module } from '@nestjs/common';
import { FollowOutcomesController } from './follow-outcomes.controller';

/** Consumes outcomes and Clerk movements from user-sync, and updates the ledger. */
@Module({ controllers: [FollowOutcomesController] })
export class FollowOutcomesModule {}
