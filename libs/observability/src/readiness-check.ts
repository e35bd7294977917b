/** A dependency that a service cannot work without. `check` throws an error with one sentence when it is unavailable. */
export interface ReadinessCheck {
  readonly name: string;
  readonly check: () => Promise<void> | void;
}
