import { performance } from 'node:perf_hooks';
import { VerifyError } from './errors';

const SHOWN = 5;

/** Prints each check with its result and its time, and counts what failed. */
export class Report {
  private failed = 0;
  private passed = 0;

  /**
   * Runs a check. `work` returns what was seen, or throws with what is wrong.
   * @returns whether the check passed
   */
  async check(name: string, work: () => Promise<string>): Promise<boolean> {
    const started = performance.now();
    try {
      this.print('✓', name, await work(), started);
      this.passed += 1;
      return true;
    } catch (error) {
      this.print('✗', name, error instanceof Error ? error.message : String(error), started);
      this.failed += 1;
      return false;
    }
  }

  /** Runs a step on which all that follows depends. @throws VerifyError when it fails */
  async step(name: string, work: () => Promise<string>): Promise<void> {
    if (!(await this.check(name, work))) throw new VerifyError('The verification cannot go on.');
  }

  /** Prints the verdict; returns the exit code. */
  verdict(): number {
    const count = `${this.passed + this.failed} checks`;
    console.log(this.failed === 0 ? `\n✓ ${count} passed` : `\n✗ ${this.failed} of ${count} failed`);
    return this.failed === 0 ? 0 : 1;
  }

  private print(mark: string, name: string, detail: string, started: number): void {
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${mark} ${name.padEnd(44)} ${seconds.padStart(6)} s  ${detail}`);
  }
}

/** Throws with the faults, when there are some. @throws VerifyError */
export function requireNone(faults: readonly string[]): void {
  if (faults.length === 0) return;
  const rest = faults.length > SHOWN ? `; and ${faults.length - SHOWN} more` : '';
  throw new VerifyError(`${faults.slice(0, SHOWN).join('; ')}${rest}`);
}
