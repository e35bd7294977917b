/** Injection token of the {@link EmulatorConfig}. */
export const CONFIG = Symbol('config');
