import { codedError } from '@gatehouse/errors';

/** Names one variable that is missing or invalid; never contains its value. */
export interface ConfigFault {
  readonly variable: string;
  /** Index of the faulty element, from 0, when the variable holds a list. */
  readonly element?: number;
  readonly problem: string;
}

/** The environment is invalid. `faults` lists every faulty variable by name, without its value. */
export class ConfigError extends codedError('CONFIG_INVALID', (faults: readonly ConfigFault[]) =>
  faults.map(faultText).join('\n'),
) {
  constructor(readonly faults: readonly ConfigFault[]) {
    super(faults);
  }
}

/** Formats a fault as one line: the variable, the index in its list, and the problem. */
export function faultText({ variable, element, problem }: ConfigFault): string {
  return `${variable}${element === undefined ? '' : `[${element}]`} ${problem}`;
}
