/**
 * Loaded before a program whose memory is measured: at SIGUSR2 its garbage is collected, so that what is counted is what
 * it holds and not what V8 has not cleaned up yet. Needs `--expose-gc`.
 */
process.on('SIGUSR2', () => globalThis.gc?.());
