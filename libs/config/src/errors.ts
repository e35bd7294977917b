/** One variable that is missing or odd; never its value. */
export interface ConfigFault {
  readonly variable: string;
  readonly problem: string;
}

/** The environment cannot be used; `faults` lists every variable at fault, by name, without values. */
export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID';

  constructor(readonly faults: readonly ConfigFault[]) {
    super(faults.map(({ variable, problem }) => `${variable} ${problem}`).join('\n'));
    this.name = 'ConfigError';
  }
}
