const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code: number, text: string): string => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);

/** Tells the story on the terminal, and remembers what was not as it should be. */
export class Narrator {
  private chapters = 0;
  private failures = 0;

  /** Begins a chapter. */
  chapter(title: string): void {
    this.chapters += 1;
    console.log(`\n${paint(1, `${this.chapters}. ${title}`)}`);
  }

  /** Shows something as it is. */
  shows(what: string, value: string): void {
    console.log(`   ${what.padEnd(15)} ${value}`);
  }

  /** Shows what was decided and why. */
  decided(decision: string, reason: string): void {
    console.log(`   ${'decided'.padEnd(15)} ${paint(36, decision)}: ${reason}`);
  }

  /** States what has to hold, and whether it does. */
  expects(what: string, holds: boolean): void {
    if (!holds) this.failures += 1;
    console.log(`   ${holds ? paint(32, '✓') : paint(31, '✗')} ${what}`);
  }

  /** The last words; true when all was as it should be. */
  ends(): boolean {
    const verdict =
      this.failures === 0 ? 'All is as it should be.' : `${this.failures} things are not as they should be.`;
    console.log(`\n${paint(this.failures === 0 ? 32 : 31, verdict)}`);
    return this.failures === 0;
  }
}
