import { LOGGER } from '@gatehouse/observability';
import { Module } from '@nestjs/common';
import { type Logger } from 'pino';
import { type GatewayConfig } from '../config';
import { CONFIG, COUNTER_STORE } from '../tokens';
import { type CounterStore } from './counter-store';
import { MemoryCounters } from './memory-counters';
import { RateLimiter } from './rate-limiter';
import { RedisCounters } from './redis-counters';

/** Rate limits. Requests are counted in memory, or in a store that several gateways share. */
@Module({
  providers: [
    {
      provide: COUNTER_STORE,
      inject: [CONFIG, LOGGER],
      useFactory: ({ rateLimitStore, waits }: GatewayConfig, log: Logger): CounterStore =>
        rateLimitStore.current === 'memory'
          ? new MemoryCounters()
          : new RedisCounters(rateLimitStore, log, waits.rateLimitStore),
    },
    RateLimiter,
  ],
  exports: [RateLimiter],
})
export class LimitsModule {}
