const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code: number, text: string): string => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);

/** Prints the steps of the demo, and counts the checks that failed. */
export class Narrator {
  private chapters = 0;
  private failures = 0;

  /** Begins a chapter. */
  chapter(title: string): void {
    this.chapters += 1;
    console.log(`\n${paint(1, `${this.chapters}. ${title}`)}`);
  }

  /** Prints a value. */
  shows(what: string, value: string): void {
    console.log(`   ${what.padEnd(15)} ${value}`);
  }

  /** Prints a decision and its reason. */
  decided(decision: string, reason: string): void {
    console.log(`   ${'decided'.padEnd(15)} ${paint(36, decision)}: ${reason}`);
  }

  /** Prints a check and whether it passed. */
  expects(what: string, holds: boolean): void {
    if (!holds) this.failures += 1;
    console.log(`   ${holds ? paint(32, '✓') : paint(31, '✗')} ${what}`);
  }

  /** Prints the summary. Returns whether all checks passed. */
  ends(): boolean {
    const summary = this.failures === 0 ? 'All checks passed.' : `${this.failures} checks failed.`;
    console.log(`\n${paint(this.failures === 0 ? 32 : 31, summary)}`);
    return this.failures === 0;
  }
}
