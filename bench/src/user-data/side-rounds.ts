import { type LoadResult } from '../load-result';
import { median, round } from '../report';
import { apiLoad } from './api-load';
import { type Operation } from './operations';
import { type Side, type SideName, type UserDataStack } from './user-data-stack';

/** Result of one side in one round of one operation. */
interface MeasuredSide extends LoadResult {
  /** Processor time for each request, in microseconds, of its own processes, of PostgreSQL and of nats-server. */
  readonly micros: { readonly servers: readonly number[]; readonly postgres: number; readonly nats: number };
}

/** Number and length of the rounds. */
export interface RoundOptions {
  readonly rounds: number;
  /** Requests of one round at one side, and its maximum time in seconds. */
  readonly requests: number;
  readonly seconds: number;
  /** Counts requests, not time, because V8 compiles code by the number of its runs. */
  readonly warmUpRequests: number;
  readonly connections: number;
}

/** Results of one operation for all sides. */
export class OperationRounds {
  private readonly results = new Map<SideName, MeasuredSide[]>();
  /** Number of answered requests, with those of the warm-up. */
  answered = 0;

  private constructor(readonly operation: Operation) {}

  /** Measures the sides in turns, every other round in reverse order, so that other load affects all alike. */
  static async run(stack: UserDataStack, operation: Operation, options: RoundOptions): Promise<OperationRounds> {
    const measured = new OperationRounds(operation);
    const { rounds, requests, warmUpRequests } = options;
    for (const side of stack.sides) await measured.measure(stack, side, options, warmUpRequests, 0);
    for (let number = 0; number < rounds; number += 1) {
      for (const side of number % 2 === 0 ? stack.sides : stack.sides.toReversed()) {
        const result = await measured.measure(stack, side, options, requests, number);
        measured.results.set(side.name, [...measured.of(side.name), result]);
      }
    }
    return measured;
  }

  /** Ratio of the throughputs of two sides, as the median of the rounds. */
  ratio(side: SideName, to: SideName): number {
    const others = this.of(to);
    return median(this.of(side).map(({ perSecond }, index) => perSecond / (others[index]?.perSecond ?? NaN)));
  }

  /** Ratio of the processor time of all processes for one request, as the median of the rounds. */
  cpuRatio(side: SideName, to: SideName): number {
    const others = this.of(to);
    return median(this.of(side).map(({ micros }, index) => total(others[index]?.micros ?? micros) / total(micros)));
  }

  /** Medians of each side. */
  summary(): Record<string, string | number>[] {
    return [...this.results].map(([side, rounds]) => {
      const middle = (of: (result: MeasuredSide) => number) => median(rounds.map(of));
      const servers = rounds[0]?.micros.servers.map((_, at) => Math.round(middle(({ micros }) => micros.servers[at]!)));
      return {
        row: `${this.operation.name}: ${side}`,
        perSecond: Math.round(middle(({ perSecond }) => perSecond)),
        p50Ms: round(middle(({ p50Ms }) => p50Ms)),
        p99Ms: round(middle(({ p99Ms }) => p99Ms)),
        cpuMicros: Math.round(middle(({ micros }) => total(micros))),
        ofServers: servers?.join(' + ') ?? '',
        ofPostgres: Math.round(middle(({ micros }) => micros.postgres)),
        ofNats: Math.round(middle(({ micros }) => micros.nats)),
        rounds: rounds.map(({ perSecond }) => Math.round(perSecond)).join(' '),
      };
    });
  }

  private async measure(
    stack: UserDataStack,
    side: Side,
    { connections, seconds }: RoundOptions,
    requests: number,
    number: number,
  ): Promise<MeasuredSide> {
    const callers = await this.operation.callers(side.port, connections, number);
    const before = stack.cpuMs(side);
    const result = await apiLoad({ port: side.port, callers, seconds, requests });
    const after = stack.cpuMs(side);
    this.answered += result.ok;
    const each = (from: number, to: number) => ((to - from) * 1_000) / result.ok;
    return {
      ...result,
      micros: {
        servers: after.servers.map((ms, index) => each(before.servers[index] ?? 0, ms)),
        postgres: each(before.postgres, after.postgres),
        nats: each(before.nats, after.nats),
      },
    };
  }

  private of(side: SideName): readonly MeasuredSide[] {
    return this.results.get(side) ?? [];
  }
}

function total({ servers, postgres, nats }: MeasuredSide['micros']): number {
  return servers.reduce((sum, one) => sum + one, 0) + postgres + nats;
}
