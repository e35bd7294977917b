import { type ClerkUser } from '../clerk/user';

const VERSIONS_OF_A_USER = 5;
const USERS_KEPT = 2_000;

/** Earlier states of the users that were changed or deleted last, for the fault `api_stale_read`. */
export class UserVersions {
  private readonly versions = new Map<string, readonly ClerkUser[]>();

  /** Keeps a user as it was before a change. */
  keep(before: ClerkUser): void {
    const kept = [...(this.versions.get(before.id) ?? []), before].slice(-VERSIONS_OF_A_USER);
    this.versions.delete(before.id);
    this.versions.set(before.id, kept);
    const [oldest] = this.versions.keys();
    if (this.versions.size > USERS_KEPT && oldest !== undefined) this.versions.delete(oldest);
  }

  /**
   * The user as it was `steps` changes ago, or in the oldest state that is kept. Undefined when no earlier state is
   * kept.
   */
  back(id: string, steps: number): ClerkUser | undefined {
    const kept = this.versions.get(id) ?? [];
    return kept[Math.max(0, kept.length - steps)];
  }

  clear(): void {
    this.versions.clear();
  }
}
