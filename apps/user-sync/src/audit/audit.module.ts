import { Module } from '@nestjs/common';
import { ExportAuditController } from './export-audit/export-audit.controller';
import { AuditController } from './list-audit/audit.controller';

/** Owns the audit log: who did what, with which credential. */
@Module({ controllers: [AuditController, ExportAuditController] })
export class AuditModule {}
