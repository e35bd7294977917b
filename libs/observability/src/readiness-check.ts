/** One thing a service cannot work without; `check` throws with a sentence when it is away. */
export interface ReadinessCheck {
  readonly name: string;
  readonly check: () => Promise<void> | void;
}
