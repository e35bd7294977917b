import { RepeatedWork, eventually } from '@gatehouse/testing';
import { type Clients } from './clients';
import { type Work, worksOf } from './works';

const FAILURES_SHOWN = 20;
/** Longer than an event of Clerk may take. */
const PATIENCE = { timeoutMs: 240_000, intervalMs: 100 };

/** The load of a deployment. Each work repeats until `stop`, and every failure is kept. */
export class Traffic {
  /** What was not answered as it should be. */
  readonly failures: string[] = [];
  /** What happens to the deployment, for the failures. */
  phase = 'the start';
  private readonly rounds = new Map<string, number>();
  private works: RepeatedWork[] = [];

  static async start(clients: Clients): Promise<Traffic> {
    const traffic = new Traffic();
    const works = await worksOf(clients);
    traffic.works = await Promise.all(works.map((work) => traffic.repeat(work)));
    return traffic;
  }

  /** Resolves when every work has succeeded `times` more, begun after this call. @throws Error at the first failure */
  async repeated(times: number): Promise<void> {
    const before = new Map(this.rounds);
    await eventually(() => {
      if (this.failures.length > 0) return;
      // One more, because a round may be under way.
      const late = [...before].filter(([name, rounds]) => (this.rounds.get(name) ?? 0) < rounds + times + 1);
      if (late.length > 0) throw new Error(`does not proceed: ${late.map(([name]) => name).join(', ')}`);
    }, PATIENCE);
    if (this.failures.length > 0) throw new Error(this.failures.slice(0, FAILURES_SHOWN).join('\n'));
  }

  async stop(): Promise<void> {
    await Promise.all(this.works.map((work) => work.stop()));
  }

  private repeat({ name, round }: Work): Promise<RepeatedWork> {
    let n = 0;
    this.rounds.set(name, 0);
    return RepeatedWork.start(async () => {
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
