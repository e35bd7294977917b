/**
 * Preloaded into a program whose memory is measured. Collects garbage on SIGUSR2, so that only live memory is counted.
 * Needs `--expose-gc`.
 */
process.on('SIGUSR2', () => globalThis.gc?.());
