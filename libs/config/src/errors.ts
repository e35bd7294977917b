/** One variable that is missing or odd; never its value. */
export interface ConfigFault {
  readonly variable: string;
  /** Index of the element at fault, from 0, in a variable that holds a list. */
  readonly element?: number;
  readonly problem: string;
}

/** The environment cannot be used; `faults` lists every variable at fault, by name, without values. */
export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID';

  constructor(readonly faults: readonly ConfigFault[]) {
    super(faults.map(faultText).join('\n'));
    this.name = 'ConfigError';
  }
}

/** A fault as a line for people: the variable, the element of its list, and what is wrong. */
export function faultText({ variable, element, problem }: ConfigFault): string {
  return `${variable}${element === undefined ? '' : `[${element}]`} ${problem}`;
}
