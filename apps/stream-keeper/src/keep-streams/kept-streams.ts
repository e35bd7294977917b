import { type BusContract } from '@gatehouse/contracts';
import { ContractMismatchError, type Difference, nameOf } from '@gatehouse/messaging';
import { type ReadinessCheck } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type StreamKeeperConfig } from '../config';
import { StreamsUnreadyError } from '../errors';
import { CONFIG } from '../tokens';

/**
 * What the last check of a stream or consumer found. `missing`: it does not exist, because of `problem`. `unknown`:
 * JetStream did not answer.
 */
export type Finding =
  | { readonly kind: 'present'; readonly difference: Difference }
  | { readonly kind: 'missing' | 'unknown'; readonly problem: string };

/** The state of every stream and consumer at its last check. */
@Injectable()
export class KeptStreams {
  /** By name of a stream or consumer. */
  private readonly findings = new Map<string, Finding>();

  constructor(@Inject(CONFIG) private readonly config: StreamKeeperConfig) {}

  /** Ready when every stream and consumer exists and can be used. Names every one that is not. */
  readonly readiness: ReadinessCheck = {
    name: 'streams',
    check: () => {
      const problems = this.config.contracts.flatMap((contract) =>
        problemOf(contract, this.findings.get(nameOf(contract))),
      );
      if (problems.length > 0) throw new StreamsUnreadyError(problems);
    },
  };

  note(contract: BusContract, finding: Finding): void {
    this.findings.set(nameOf(contract), finding);
  }

  /** How many streams and consumers are missing, and how many differ from their contract. */
  counts(): { missing: number; differing: number } {
    const findings = [...this.findings.values()];
    return {
      missing: findings.filter(({ kind }) => kind === 'missing').length,
      differing: findings.filter((finding) => finding.kind === 'present' && finding.difference.fields.length > 0)
        .length,
    };
  }
}

/** Why the service is not ready, as a list of at most one sentence. */
function problemOf(contract: BusContract, finding: Finding | undefined): string[] {
  if (finding === undefined) return [`the ${nameOf(contract)} has not been checked yet`];
  if (finding.kind !== 'present') return [finding.problem];
  const { fields, unusable } = finding.difference;
  return unusable ? [new ContractMismatchError(nameOf(contract), fields).message] : [];
}
