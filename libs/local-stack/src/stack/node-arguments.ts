/**
 * What Node is given to run a service. The young generation of its heap, where everything that lives no longer than a
 * request is made, stays within 16 MiB a half: left to itself Node 24 lets it grow to twice that under load, and resident memory with it.
 */
export const nodeArguments: readonly string[] = ['--enable-source-maps', '--max-semi-space-size=16'];
