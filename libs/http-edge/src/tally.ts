/** Numbers by key. A key whose number is 0 takes no memory. */
export class Tally {
  private readonly numbers = new Map<string, number>();

  of(key: string): number {
    return this.numbers.get(key) ?? 0;
  }

  /** Adds to the number of a key; a negative number takes away. */
  add(key: string, change: number): void {
    const number = this.of(key) + change;
    if (number === 0) this.numbers.delete(key);
    else this.numbers.set(key, number);
  }
}
