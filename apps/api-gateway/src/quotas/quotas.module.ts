import { Module } from '@nestjs/common';
import { QuotasOfCaller } from './quotas-of-caller';
import { TokensController } from './tokens.controller';
import { UploadsController } from './uploads.controller';

/** Routes of the caller's quotas, which user-data answers: `/api/tokens` and `/api/uploads`. */
@Module({
  controllers: [TokensController, UploadsController],
  providers: [QuotasOfCaller],
  exports: [QuotasOfCaller],
})
export class QuotasModule {}
