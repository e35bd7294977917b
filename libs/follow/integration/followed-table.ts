import {
  type Change,
  type FollowUsersOptions,
  type Following,
  type KnownRow,
  type Removal,
  type User,
} from '../src/index';
import { usersTestStream } from './test-streams';

/** A call that a follower made. */
export type Call =
  | ({ readonly call: 'user'; readonly id: string; readonly name: string | null } & Change)
  | ({ readonly call: 'removed'; readonly id: string } & Removal);

/** A table that a follower keeps, with what went wrong in it. It stays when its follower is replaced. */
export class FollowedTable {
  readonly rows = new Map<string, { user: User; version: number; generation: number }>();
  readonly calls: Call[] = [];
  readonly errors: Error[] = [];
  /** Descriptions of versions that went back, and of callbacks of one user that ran at the same time. */
  readonly violations: string[] = [];
  /** Awaited in each callback. */
  onCall: (id: string) => unknown = () => undefined;
  private readonly running = new Set<string>();
  private mostRunning = 0;

  constructor(private readonly stream = usersTestStream) {}

  /** Starts a follower that writes to this table. */
  follow(
    nats: FollowUsersOptions['nats'],
    options: Partial<FollowUsersOptions> & { readonly resumes?: boolean } = {},
  ): Following {
    const { resumes = false, ...rest } = options;
    return this.stream.follow({
      nats,
      onUser: (user, change) =>
        this.run(user.id, () => {
          this.calls.push({ call: 'user', id: user.id, name: user.firstName, ...change });
          this.store(user, change);
        }),
      onRemoved: (id, removal) =>
        this.run(id, () => {
          this.calls.push({ call: 'removed', id, ...removal });
          this.rows.delete(id);
        }),
      onError: (error) => this.errors.push(error),
      ...(resumes && { known: () => this.known() }),
      ...rest,
    });
  }

  /** The users of the table. */
  get users(): Map<string, User> {
    return new Map([...this.rows].map(([id, { user }]) => [id, user]));
  }

  /** The largest number of callbacks that ran at the same time. */
  get concurrency(): number {
    return this.mostRunning;
  }

  known(): KnownRow[] {
    return [...this.rows].map(([id, { version, generation }]) => ({
      ...{ id: this.stream.key(id), version: String(version), generation },
    }));
  }

  private async run(id: string, work: () => void): Promise<void> {
    if (this.running.has(id)) this.violations.push(`two callbacks at the same time for ${id}`);
    this.running.add(id);
    this.mostRunning = Math.max(this.mostRunning, this.running.size);
    try {
      await this.onCall(id);
      work();
    } finally {
      this.running.delete(id);
    }
  }

  private store(user: User, { version, generation }: Change): void {
    const before = this.rows.get(user.id);
    if (before && (before.generation > generation || (before.generation === generation && before.version >= version))) {
      this.violations.push(`${user.id} went from ${before.version} back to ${version}`);
    }
    this.rows.set(user.id, { user, version, generation });
  }
}
