import { Module } from '@nestjs/common';
import { MetricsModule } from '../metrics/metrics.module';
import { AuditQueue } from './audit-queue';
import { AuditTrail } from './audit-trail';

/**
 * Audit entries for what only the gateway sees: rejected access, impersonation, and what webhook-ingest does for
 * admins.
 */
@Module({ imports: [MetricsModule], providers: [AuditQueue, AuditTrail], exports: [AuditQueue, AuditTrail] })
export class AuditModule {}
