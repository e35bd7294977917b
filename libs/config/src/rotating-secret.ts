import { type Live } from './live';

/**
 * A secret that a server checks, while the server and the service learn a new one at different times. Both the current
 * value and the last one that the server accepted may be valid. Each is tried once the server refuses the other.
 */
export class RotatingSecret {
  // Private at run time, so that a printed client or error shows no secret.
  #previous: string | undefined;
  #accepted: string | undefined;
  #choice: string;
  /** Values that were refused since one was last accepted. */
  readonly #refused = new Set<string>();

  /**
   * @param mayReturn whether the former value may still be used after this change; always by default
   */
  constructor(
    private readonly live: Live<string>,
    mayReturn: (former: string, changed: string) => boolean = () => true,
  ) {
    this.#choice = live.current;
    live.onChange((changed) => {
      const former = this.#accepted;
      this.#previous = former !== undefined && former !== changed && mayReturn(former, changed) ? former : undefined;
      this.#choice = changed;
      this.#refused.clear();
    });
  }

  /** The value of the setting. */
  get current(): string {
    return this.live.current;
  }

  /** The value to try next. */
  get next(): string {
    return this.#choice;
  }

  /** All values that the server may accept, the current one first. */
  get candidates(): readonly string[] {
    return this.#previous === undefined ? [this.current] : [this.current, this.#previous];
  }

  /** Whether the server has accepted any value so far. */
  get wasAccepted(): boolean {
    return this.#accepted !== undefined;
  }

  /** Whether the server has refused every candidate since it last accepted one. */
  get isRefused(): boolean {
    return this.candidates.every((value) => this.#refused.has(value));
  }

  /** Calls `listener` after each change of the setting. */
  onChange(listener: () => void): void {
    this.live.onChange(listener);
  }

  /** Notes that the server accepted a value. */
  accept(value: string): void {
    if (!this.candidates.includes(value)) return;
    this.#accepted = value;
    this.#refused.clear();
    if (value === this.current) this.#choice = value;
  }

  /** Notes that the server refused a value; the next one to try is then the other. */
  refuse(value: string): void {
    this.#refused.add(value);
    if (value === this.#choice) this.#choice = this.candidates.find((other) => other !== value) ?? this.current;
  }
}
