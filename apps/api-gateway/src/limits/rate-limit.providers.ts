import { LOGGER } from '@gatehouse/observability';
import { type OnApplicationShutdown, type Provider } from '@nestjs/common';
import { type Logger } from 'pino';
import { CONFIG, type GatewayConfig } from '../config';
import { type CounterStore } from './counter-store';
import { MemoryCounters } from './memory-counters';
import { RateLimits } from './rate-limits';
import { RedisCounters } from './redis-counters';

/** Holds the counters, and lets go of their store at shutdown. */
export class Counters implements OnApplicationShutdown {
  constructor(readonly store: CounterStore) {}

  onApplicationShutdown(): void {
    if (this.store instanceof RedisCounters) this.store.close();
  }
}

/** The rate limits, over memory or a shared store as configured. */
export const rateLimitProviders: Provider[] = [
  {
    provide: Counters,
    inject: [CONFIG, LOGGER],
    useFactory: ({ rateLimitStore }: GatewayConfig, log: Logger) =>
      new Counters(rateLimitStore === 'memory' ? new MemoryCounters() : new RedisCounters(rateLimitStore, log)),
  },
  { provide: RateLimits, inject: [Counters], useFactory: ({ store }: Counters) => new RateLimits(store) },
];
