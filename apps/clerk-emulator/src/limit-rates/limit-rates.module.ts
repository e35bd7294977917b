import { Module } from '@nestjs/common';
import { RateLimiter } from './rate-limiter';
import { RateLimitsController } from './rate-limits.controller';

/** Rate limits of the Backend API. */
@Module({ controllers: [RateLimitsController], providers: [RateLimiter], exports: [RateLimiter] })
export class LimitRatesModule {}
