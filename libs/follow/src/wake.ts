/** Lets a loop sleep until something needs it. */
export class Wake {
  private isDue = false;
  private end: (() => void) | undefined;

  /** Ends the present or the next `wait`. */
  now(): void {
    this.isDue = true;
    this.end?.();
  }

  /** Resolves after `ms`, and at once when `now` is called or was called since the last `wait`. */
  async wait(ms: number): Promise<void> {
    if (!this.isDue) await this.sleep(ms);
    this.isDue = false;
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.end?.(), ms);
      this.end = () => {
        clearTimeout(timer);
        this.end = undefined;
        resolve();
      };
    });
  }
}
