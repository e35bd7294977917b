/** Injection token of the `EmulatorConfig`. */
export const CONFIG = Symbol('config');

/** Injection token of the emulator's clock, a `Now`. */
export const NOW = Symbol('now');

/** Name of the emulator in its log. */
export const SERVICE_NAME = 'clerk-emulator';
