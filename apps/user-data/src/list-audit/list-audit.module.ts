import { Module } from '@nestjs/common';
import { ListAuditController } from './list-audit.controller';

/** What admins did with the data of users. */
@Module({ controllers: [ListAuditController] })
export class ListAuditModule {}
