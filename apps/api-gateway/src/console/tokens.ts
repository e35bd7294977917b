/** Injection token of the `ConsoleHost`. */
export const CONSOLE_HOST = Symbol('ConsoleHost');
