import { type Known } from '@gatehouse/lifecycle';
import { type StoredContent, holdsContent } from '../../clerk-user/content-hash';
import { type Lockout, lockoutAt, notLocked } from '../../clerk-user/lockout';
import { type Role, type WriteBackState } from '@gatehouse/contracts';
import { type PublicMetadata } from '../../clerk-user/company-metadata';
import { type Activity, type MappedUser } from '../../clerk-user/map-clerk-user';
import { type AddressKind, withhold } from '../addresses/address';
import { mayActAtClerk } from '../../user-rows/may-act';
import { type RowMarker, laterActivity, noActivity } from '../observation/observation';

/** What the database holds of one Clerk id. */
export interface StoredUser extends StoredContent {
  readonly clerkUserId: string;
  readonly userId: string | null;
  readonly version: number | null;
  readonly tombstoned: boolean;
  /** It is stored without an address that Clerk shows it with. */
  readonly openConflict: boolean;
  readonly clerkBanned: boolean;
  readonly lockout: Lockout;
  readonly activity: Activity;
  readonly role: Role | null;
  /** Of its write-back: the state, and the fingerprint of Clerk's values at our keys when they were last read. */
  readonly writeBack: { readonly state: WriteBackState | null; readonly seen: string | null };
}

/** One user while a batch is folded: what the database holds of it, and what is to be written. */
export class UserDraft {
  readonly clerkUserId: string;
  readonly openConflict: boolean;
  readonly role: Role | null;
  readonly writeBack: StoredUser['writeBack'];
  /** The company's metadata, by the newest observation. */
  metadata: PublicMetadata | undefined;
  existed: boolean;
  userId: string | null;
  version: number | null;
  /** The last content that is to be written, if any. */
  content: MappedUser | undefined;
  /** Metadata of the observation that creates the row: later ones do not change the role that it starts with. */
  createdFrom: PublicMetadata | undefined;
  versionMoved = false;
  activityMoved = false;
  lockoutMoved = false;
  activity: Activity;
  /** As the newest version showed it. */
  lockout: Lockout;
  contentHash: string | null;
  /** The event that told of the deletion, when it happened in this batch. */
  deletedBy: string | undefined;
  /** Its personal data stays for a while, so that the deletion can be undone. */
  undoable = false;
  /** The addresses that it is stored without. */
  withheld: ReadonlySet<AddressKind> = new Set();
  /** The local user that it turns out to be. */
  private adoptee: string | undefined;
  private readonly stored: StoredContent;
  private readonly mightAct: boolean;
  private tombstoned: boolean;

  constructor(stored: StoredUser) {
    this.clerkUserId = stored.clerkUserId;
    this.existed = stored.userId !== null;
    this.userId = stored.userId;
    this.version = stored.version;
    this.contentHash = stored.contentHash;
    this.stored = stored;
    this.mightAct = mayActAtClerk(stored);
    this.lockout = stored.lockout;
    this.tombstoned = stored.tombstoned;
    this.openConflict = stored.openConflict;
    this.role = stored.role;
    this.writeBack = stored.writeBack;
    this.activity = stored.activity;
  }

  get known(): Known {
    if (this.tombstoned) return { kind: 'tombstone' };
    if (this.userId === null) return { kind: 'absent' };
    return { kind: 'live', version: this.version ?? 0, contentHash: this.contentHash ?? '' };
  }

  /** The same; a row that holds what was seen has its hash, by whichever version the row was hashed. */
  knownBeside(seen: MappedUser): Known {
    const { known } = this;
    const holds = holdsContent({ ...this.stored, contentHash: this.contentHash }, seen);
    return known.kind === 'live' && holds ? { ...known, contentHash: seen.contentHash } : known;
  }

  get marker(): RowMarker {
    const { known } = this;
    return known.kind === 'live' ? `${known.version}:${known.contentHash}` : known.kind;
  }

  /** Writes the user's content and version; makes the row, under `newId`, when there is none. */
  write(user: MappedUser, newId: () => string): void {
    if (this.userId === null) this.createdFrom = user.publicMetadata;
    this.userId ??= this.adoptee ?? newId();
    this.existed ||= this.adoptee !== undefined;
    this.content = user;
    this.version = user.version;
    this.contentHash = user.contentHash;
    this.lockout = user.lockout;
  }

  /** Writes the version of a user whose content is unchanged, and its hash by the current version. */
  advance(user: MappedUser): void {
    this.version = user.version;
    this.versionMoved = true;
    this.contentHash = user.contentHash;
    this.lockout = user.lockout;
  }

  /** Takes the lockout of a snapshot that holds nothing else that is new: Clerk may not count a lockout as a version. */
  noteLockout({ lockout, observedAt }: MappedUser): void {
    if (lockoutAt(lockout, observedAt).locked === lockoutAt(this.lockout, observedAt).locked) return;
    this.lockout = lockout;
    this.lockoutMoved = true;
  }

  /** Lets the row that is made, should one be, be that of a local user. */
  adopt(localUserId: string): void {
    this.adoptee = localUserId;
  }

  get adopted(): string | undefined {
    return this.adoptee !== undefined && this.userId === this.adoptee ? this.adoptee : undefined;
  }

  /** Has the user stored without these addresses; does not write what is stored like that already. */
  leave(kinds: ReadonlySet<AddressKind>, seen: MappedUser): void {
    if (this.known.kind !== 'live' || kinds.size === 0) return;
    const stored = withhold(this.content ?? seen, kinds);
    this.withheld = kinds;
    this.version = stored.version;
    this.versionMoved = true;
    this.contentHash = stored.contentHash;
    this.content = this.existed && holdsContent(this.stored, stored) ? undefined : stored;
  }

  /** Whether Clerk has banned or deprovisioned a user that is here, or lets it act again. */
  get barringMoved(): boolean {
    if (!this.existed || this.content === undefined || this.deletedBy !== undefined) return false;
    return mayActAtClerk(this.content.columns) !== this.mightAct;
  }

  delete(because: string, undoable = false): void {
    this.tombstoned = true;
    this.undoable = undoable;
    this.contentHash = null;
    this.deletedBy = because;
  }

  note(seen: Activity): void {
    const merged = laterActivity(this.activity, seen);
    this.activityMoved ||= (Object.keys(merged) as (keyof Activity)[]).some(
      (key) => merged[key] !== this.activity[key],
    );
    this.activity = merged;
  }
}

/** The users that a batch is about; one that the database does not hold is absent. */
export class UserDrafts {
  private readonly drafts: Map<string, UserDraft>;

  constructor(stored: readonly StoredUser[]) {
    this.drafts = new Map(stored.map((user) => [user.clerkUserId, new UserDraft(user)]));
  }

  of(clerkUserId: string): UserDraft {
    const draft = this.drafts.get(clerkUserId) ?? new UserDraft({ ...absent, clerkUserId });
    this.drafts.set(clerkUserId, draft);
    return draft;
  }

  get all(): readonly UserDraft[] {
    return [...this.drafts.values()];
  }
}

const absent: Omit<StoredUser, 'clerkUserId'> = {
  userId: null,
  version: null,
  contentHash: null,
  tombstoned: false,
  openConflict: false,
  clerkBanned: false,
  clerkDeprovisioned: false,
  lockout: notLocked,
  activity: noActivity,
  role: null,
  writeBack: { state: null, seen: null },
};
