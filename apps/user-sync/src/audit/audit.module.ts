import { Module } from '@nestjs/common';
import { AuditController } from './list-audit/audit.controller';

/** Owns the audit log: who did what, with which credential. */
@Module({ controllers: [AuditController] })
export class AuditModule {}
