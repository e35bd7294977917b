import { type BusContract } from '@gatehouse/contracts';
import { type Logger } from 'pino';
import { ContractAbsentError, ContractMismatchError, JetStreamConfigurationError, setupAdvice } from './errors';
import { nameOf } from './jetstream-api';
import { type Difference } from './stream-config';

/** Logs each change in whether a stream or consumer exists and matches its contract; one line a change. */
export class ContractLog {
  /** By name of a stream or consumer: the problem that was logged last. */
  private readonly problems = new Map<string, string>();

  constructor(private readonly log: Logger | undefined) {}

  /** Notes that the stream or consumer is missing. */
  absent(contract: BusContract): void {
    this.note(contract, new ContractAbsentError(nameOf(contract)).message);
  }

  /** Notes that the stream or consumer was created by this process. */
  created(contract: BusContract): void {
    this.problems.delete(nameOf(contract));
    this.log?.info(`created the ${nameOf(contract)}`);
  }

  /** Notes why the stream or consumer could not be checked or created. */
  failed(contract: BusContract, error: Error): void {
    this.note(contract, error.message, error instanceof JetStreamConfigurationError ? 'error' : 'warn');
  }

  /** Notes that the stream or consumer exists, and how it differs from its contract. */
  present(contract: BusContract, { fields, unusable }: Difference): void {
    if (fields.length === 0) return this.note(contract, undefined);
    const what = nameOf(contract);
    if (unusable) return this.note(contract, new ContractMismatchError(what, fields).message);
    this.note(contract, `the ${what} differs from its contract in ${fields.join(', ')}: ${setupAdvice}`);
  }

  private note(contract: BusContract, problem: string | undefined, level: 'warn' | 'error' = 'warn'): void {
    const what = nameOf(contract);
    if (this.problems.get(what) === problem) return;
    if (problem === undefined) {
      this.problems.delete(what);
      this.log?.info(`the ${what} matches its contract again`);
    } else {
      this.problems.set(what, problem);
      this.log?.[level](problem);
    }
  }
}
