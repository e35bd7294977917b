import { type GetLoad, getLoad } from '../get-load';
import { type LoadResult } from '../load-result';
import { type LoadedServer } from '../loaded-server';
import { median, round } from '../report';

/** Result of one row in one round. */
export interface MeasuredRow extends LoadResult {
  /** Processor time of the server per answered request, in microseconds. */
  readonly cpuMicros: number;
  /** Share of time that the generator's thread was busy. Near 1, the generator limits the result. */
  readonly generatorBusy: number;
}

/** Ratios of two rows, as medians of the rounds. */
export interface Ratio {
  readonly perSecond: number;
  /** Ratio of requests per second of processor time, which hardly depends on other load. */
  readonly perCpu: number;
}

/** Results of all rows in all rounds. */
export class GatewayRows {
  private readonly rounds: ReadonlyMap<string, MeasuredRow[]>;

  constructor(names: readonly string[]) {
    this.rounds = new Map(names.map((name) => [name, []]));
  }

  async measure(server: LoadedServer, load: GetLoad): Promise<MeasuredRow> {
    const cpu = server.cpuMicros;
    const own = performance.eventLoopUtilization();
    const result = await getLoad(load);
    const generatorBusy = performance.eventLoopUtilization(own).utilization;
    return { ...result, cpuMicros: (server.cpuMicros - cpu) / (result.ok + result.failed), generatorBusy };
  }

  keep(name: string, row: MeasuredRow): void {
    this.rounds.get(name)?.push(row);
  }

  /** Compares the rows of each round, because they are close in time. */
  ratio(row: string, to: string): Ratio {
    const others = this.of(to);
    const middle = (of: (row: MeasuredRow, other: MeasuredRow) => number) =>
      median(this.of(row).flatMap((own, index) => (others[index] === undefined ? [] : [of(own, others[index])])));
    return {
      perSecond: middle((own, other) => own.perSecond / other.perSecond),
      perCpu: middle((own, other) => other.cpuMicros / own.cpuMicros),
    };
  }

  /** Medians and rounds of each row. */
  summary(): Record<string, string | number>[] {
    return [...this.rounds].map(([row, rounds]) => ({
      row,
      requestsPerSecond: Math.round(median(rounds.map(({ perSecond }) => perSecond))),
      cpuMicros: round(median(rounds.map(({ cpuMicros }) => cpuMicros))),
      p50Ms: round(median(rounds.map(({ p50Ms }) => p50Ms))),
      p99Ms: round(median(rounds.map(({ p99Ms }) => p99Ms))),
      generatorBusy: round(median(rounds.map(({ generatorBusy }) => generatorBusy))),
      failed: rounds.reduce((sum, { failed }) => sum + failed, 0),
      rounds: rounds.map(({ perSecond, cpuMicros }) => `${Math.round(perSecond)}/${Math.round(cpuMicros)}`).join(' '),
    }));
  }

  private of(name: string): readonly MeasuredRow[] {
    return this.rounds.get(name) ?? [];
  }
}
