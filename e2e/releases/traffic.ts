import { RepeatedWork, eventually } from '@gatehouse/testing';
import { type Clients } from './clients';
import { type Work, worksOf } from './works';

const FAILURES_SHOWN = 20;
/** Longer than an event of Clerk may take. */
const PATIENCE = { timeoutMs: 240_000, intervalMs: 100 };
/** Rounds by which a work may be ahead of the slowest one while a test waits for all of them. */
const LEAD = 2;

/** The load of a deployment. Each work repeats until `stop`, and every failure is kept. */
export class Traffic {
  /** What was not answered as it should be. */
  readonly failures: string[] = [];
  /** What happens to the deployment, for the failures. */
  phase = 'the start';
  private readonly rounds = new Map<string, number>();
  /** Rounds at the beginning of a wait for all works. */
  private before: ReadonlyMap<string, number> | undefined;
  private works: RepeatedWork[] = [];

  static async start(clients: Clients): Promise<Traffic> {
    const traffic = new Traffic();
    const works = await worksOf(clients);
    traffic.works = await Promise.all(works.map((work) => traffic.repeat(work)));
    return traffic;
  }

  /** Resolves when every work has succeeded `times` more, begun after this call. @throws Error at the first failure */
  async repeated(times: number): Promise<void> {
    this.before = new Map(this.rounds);
    await eventually(() => {
      if (this.failures.length > 0) return;
      // One more, because a round may be under way.
      const late = [...this.rounds.keys()].filter((name) => this.sinceBefore(name) < times + 1);
      if (late.length > 0) throw new Error(`does not proceed: ${late.join(', ')}`);
    }, PATIENCE);
    this.before = undefined;
    if (this.failures.length > 0) throw new Error(this.failures.slice(0, FAILURES_SHOWN).join('\n'));
  }

  /** Pauses all works. Resolves when no round is under way. */
  async hold(): Promise<void> {
    await Promise.all(this.works.map((work) => work.hold()));
  }

  release(): void {
    for (const work of this.works) work.release();
  }

  async stop(): Promise<void> {
    await Promise.all(this.works.map((work) => work.stop()));
  }

  /**
   * Whether a work leaves the processor to slower ones: only during a wait for all of them. While services start and
   * stop, every client sends as fast as it can.
   */
  private givesWay(name: string): boolean {
    if (this.before === undefined) return false;
    const slowest = Math.min(...[...this.rounds.keys()].map((other) => this.sinceBefore(other)));
    return this.sinceBefore(name) >= slowest + LEAD;
  }

  private sinceBefore(name: string): number {
    return (this.rounds.get(name) ?? 0) - (this.before?.get(name) ?? 0);
  }

  private repeat({ name, round }: Work): Promise<RepeatedWork> {
    let n = 0;
    this.rounds.set(name, 0);
    return RepeatedWork.start(async () => {
      if (this.givesWay(name)) return;
      const { phase } = this;
      try {
        await round((n += 1));
        this.rounds.set(name, (this.rounds.get(name) ?? 0) + 1);
      } catch (error) {
        this.failures.push(`${phase} to ${this.phase}: ${name}: ${(error as Error).message}`);
        throw error;
      }
    });
  }
}
