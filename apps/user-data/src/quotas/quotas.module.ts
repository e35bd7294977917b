import { Module } from '@nestjs/common';
import { RelayChangesModule } from '../relay-changes/relay-changes.module';
import { QuotasController } from './administer/quotas.controller';
import { QuotaMetrics } from './balance/quota-metrics';
import { QuotaRequests } from './balance/quota-requests';
import { ReservationExpiry } from './expire-reservations/reservation-expiry';
import { ReservationMetrics } from './expire-reservations/reservation-metrics';
import { ReservationWatch } from './expire-reservations/reservation-watch';
import { UploadsController } from './record-uploads/uploads.controller';
import { ShowQuotasController } from './show-quotas/show-quotas.controller';
import { TokensController } from './use-tokens/tokens.controller';

/** What users may use per month, and what they have used. */
@Module({
  imports: [RelayChangesModule],
  controllers: [TokensController, UploadsController, ShowQuotasController, QuotasController],
  providers: [QuotaRequests, QuotaMetrics, ReservationExpiry, ReservationMetrics, ReservationWatch],
})
export class QuotasModule {}
