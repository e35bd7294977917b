import { type ClerkUser } from '../clerk/user';

const VERSIONS_OF_A_USER = 5;
const USERS_KEPT = 2_000;

/** The latest earlier versions of the users changed or deleted last, for reads that are stale on purpose. */
export class UserVersions {
  private readonly versions = new Map<string, readonly ClerkUser[]>();

  /** Remembers what a user was before a change. */
  keep(before: ClerkUser): void {
    const kept = [...(this.versions.get(before.id) ?? []), before].slice(-VERSIONS_OF_A_USER);
    this.versions.delete(before.id);
    this.versions.set(before.id, kept);
    const [oldest] = this.versions.keys();
    if (this.versions.size > USERS_KEPT && oldest !== undefined) this.versions.delete(oldest);
  }

  /** The version before the current one, or further back, as far as it is known. */
  back(id: string, steps: number): ClerkUser | undefined {
    const kept = this.versions.get(id) ?? [];
    return kept[Math.max(0, kept.length - steps)];
  }

  clear(): void {
    this.versions.clear();
  }
}
