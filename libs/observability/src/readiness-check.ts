/**
 * A dependency that a service cannot work without. `check` throws when the dependency is unavailable; the error's
 * message is one sentence.
 */
export interface ReadinessCheck {
  readonly name: string;
  readonly check: () => Promise<void> | void;
}
