import { type GetLoad, getLoad } from './get-load';
import { type LoadResult } from './load-result';
import { type LoadedServer } from './loaded-server';
import { median, round } from './report';

/** What one row came to in one round. */
export interface MeasuredRow extends LoadResult {
  /** Processor time of the server per answered request, in microseconds. */
  readonly cpuMicros: number;
  /** Share of the time in which the generator's own thread was at work: near 1 it is the generator that is measured. */
  readonly generatorBusy: number;
}

/** How much more one row does than another, as medians of the rounds. */
export interface Ratio {
  readonly perSecond: number;
  /** By requests per second of the server's processor time: what else the machine does hardly changes it. */
  readonly perCpu: number;
}

/** What all rows came to in all rounds. */
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

  /** Each round's rows are set against each other: they are neighbours in time. */
  ratio(row: string, to: string): Ratio {
    const others = this.of(to);
    const middle = (of: (row: MeasuredRow, other: MeasuredRow) => number) =>
      median(this.of(row).flatMap((own, index) => (others[index] === undefined ? [] : [of(own, others[index])])));
    return {
      perSecond: middle((own, other) => own.perSecond / other.perSecond),
      perCpu: middle((own, other) => other.cpuMicros / own.cpuMicros),
    };
  }

  /** The medians of each row, and its rounds. */
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
