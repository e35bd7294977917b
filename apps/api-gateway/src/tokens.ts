/** Name of this service in NATS, logs and metrics. */
export const SERVICE_NAME = 'api-gateway';

/** Injection token of the `GatewayConfig`. */
export const CONFIG = Symbol('GatewayConfig');

/** Injection token of the `KeySource` with Clerk's signing keys. */
export const CLERK_KEYS = Symbol('ClerkKeys');

/**
 * Injection token of the `MonotonicClock` that measures the gateway lease and the time since the last message of
 * user-sync.
 */
export const STEADY_CLOCK = Symbol('SteadyClock');

/** Injection token of a function that stops accepting requests, and resolves when every response has ended. */
export const DRAIN = Symbol('Drain');

/** Injection token of the `CounterStore` that rate limits count in. */
export const COUNTER_STORE = Symbol('CounterStore');
