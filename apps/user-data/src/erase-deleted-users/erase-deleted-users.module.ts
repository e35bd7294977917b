import { Module } from '@nestjs/common';
import { EraseUserModule } from '../erase-user/erase-user.module';
import { DeletedUserEraser } from './deleted-user-eraser';
import { DeletedUsers } from './deleted-users';
import { ErasureMetrics } from './erasure-metrics';
import { PendingErasures } from './pending-erasures';

/** Erases what deleted users owned, after a time. */
@Module({
  imports: [EraseUserModule],
  providers: [PendingErasures, ErasureMetrics, DeletedUsers, DeletedUserEraser],
})
export class EraseDeletedUsersModule {}
