/**
 * Options of Node for a service. Each half of the young generation of the heap, where the objects of one request live,
 * is limited to 16 MiB. By default Node 24 lets each half grow to twice that size under load, and with it the resident
 * memory.
 */
export const nodeArguments: readonly string[] = ['--enable-source-maps', '--max-semi-space-size=16'];
