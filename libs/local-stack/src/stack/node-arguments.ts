/**
 * Options of Node for a service. The objects of one request live in the young generation of the heap, which has two
 * halves. Each half is limited to 16 MiB. By default Node 24 lets each half grow to 32 MiB under load, and the resident
 * memory grows with it.
 */
export const nodeArguments: readonly string[] = ['--enable-source-maps', '--max-semi-space-size=16'];
