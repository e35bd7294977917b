/** Injection token of the pino `Logger`. */
export const LOGGER = Symbol('Logger');

/** Injection token of the prom-client `Registry`. */
export const METRICS = Symbol('Metrics');
