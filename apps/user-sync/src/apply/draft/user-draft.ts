import { type Role, type WriteBackState } from '@gatehouse/contracts';
import { type BarringField, type ClerkOwned, type Known } from '@gatehouse/lifecycle';
import { type PublicMetadata } from '../../clerk-user/company-metadata';
import { type StoredContent, holdsContent } from '../../clerk-user/content-hash';
import { type Lockout, lockoutAt } from '../../clerk-user/lockout';
import { type Activity, type MappedUser } from '../../clerk-user/map-clerk-user';
import { type AddressKind, withoutAddresses } from '../addresses/address';
import { type RowMarker, laterActivity, noActivity } from '../observation/observation';

/*
 * A draft is one user while a batch is folded: what the database holds, and what the batch will write. Drafts are
 * immutable: every transition returns a new draft.
 *
 * States, `DraftState.kind`:
 * - absent: the database has neither a row nor a tombstone for the Clerk id.
 * - live: the user has a row, or the batch inserts one.
 * - tombstone: the user is deleted, by this batch if `deletion` is set. Final.
 *
 * Transitions:
 * - absent -> live: `writeContent` inserts a row, or takes over the row of `adoptee`.
 * - live -> live: `writeContent`, `advanceVersion`, `noteLockout`, `noteActivity`, `leaveAddresses`.
 * - absent, live -> tombstone: `deleteUser`.
 *
 * A live draft has one pending write, `PendingWrite.kind`:
 * - none: the row stays as it is.
 * - times: only activity times or the lockout change.
 * - version: the version changes as well; the content was compared and is the same.
 * - update: the content changes as well.
 * - insert: the row is new. Later transitions keep the insert. A transition never weakens the pending write, with one
 *   exception: `leaveAddresses` turns `update` into `version` when the row already holds the user without these
 *   addresses.
 */

/** What the database holds about one Clerk id. */
export interface StoredUser extends StoredContent, Pick<ClerkOwned, BarringField> {
  readonly clerkUserId: string;
  readonly userId: string | null;
  readonly version: number | null;
  readonly tombstoned: boolean;
  /** Whether a conflict is open: the user is stored without an address that it has at Clerk. */
  readonly openConflict: boolean;
  readonly lockout: Lockout;
  readonly activity: Activity;
  readonly role: Role | null;
  /**
   * `state`: state of the user's write-back. `seen`: fingerprint of Clerk's values at our keys, as the last check found
   * them or the last write left them.
   */
  readonly writeBack: { readonly state: WriteBackState | null; readonly seen: string | null };
}

/** Row of a user as it will be after the batch. */
export interface DraftRow {
  readonly userId: string;
  readonly version: number | null;
  readonly contentHash: string | null;
  readonly lockout: Lockout;
  readonly activity: Activity;
}

interface Insert {
  readonly kind: 'insert';
  readonly content: MappedUser;
  /** Metadata of the first observation. The user's first role is taken from there. */
  readonly createdFrom: PublicMetadata;
}

/** What the batch writes to a live user's row. */
export type PendingWrite =
  { readonly kind: 'none' | 'times' | 'version' } | { readonly kind: 'update'; readonly content: MappedUser } | Insert;

/** A deletion by this batch. */
export interface Deletion {
  /** Id of the observation that showed the deletion. */
  readonly because: string;
  /** Whether personal data is kept for a day. During that day, an admin can undo the deletions of a reconcile run. */
  readonly undoable: boolean;
  /** The insert of the user, if the same batch created the user. */
  readonly insert: Insert | undefined;
}

/** State of a draft. */
type DraftState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'live'; readonly row: DraftRow; readonly write: PendingWrite }
  | { readonly kind: 'tombstone'; readonly row: DraftRow | undefined; readonly deletion: Deletion | undefined };

/** One user while a batch is folded. */
export interface UserDraft {
  readonly clerkUserId: string;
  readonly stored: StoredUser;
  readonly state: DraftState;
  /** Public metadata of the newest observation, if there was one. */
  readonly metadata: PublicMetadata | undefined;
  /**
   * Id of the local user whose row the Clerk user is to take over. Has no effect when the Clerk user already has a row
   * or a tombstone.
   */
  readonly adoptee: string | undefined;
  /** Kinds of address that another user holds. The user has such an address at Clerk, but is stored without it. */
  readonly withheld: ReadonlySet<AddressKind>;
}

/** The draft of a user before anything was observed. */
export function draftOf(stored: StoredUser): UserDraft {
  const { clerkUserId } = stored;
  return { clerkUserId, stored, state: stateOf(stored), metadata: undefined, adoptee: undefined, withheld: new Set() };
}

function stateOf({ userId, tombstoned, version, contentHash, lockout, activity }: StoredUser): DraftState {
  const row = userId === null ? undefined : { userId, version, contentHash, lockout, activity };
  if (tombstoned) return { kind: 'tombstone', row, deletion: undefined };
  return row === undefined ? { kind: 'absent' } : { kind: 'live', row, write: { kind: 'none' } };
}

/** Row of the user, undefined when it has none. */
export function rowOf({ state }: UserDraft): DraftRow | undefined {
  return state.kind === 'absent' ? undefined : state.row;
}

/** Content that the batch writes for a live user, undefined when it writes none. */
export function contentOf({ state }: UserDraft): MappedUser | undefined {
  return state.kind === 'live' && 'content' in state.write ? state.write.content : undefined;
}

/** Deletion of the user by this batch. */
export function deletionOf({ state }: UserDraft): Deletion | undefined {
  return state.kind === 'tombstone' ? state.deletion : undefined;
}

/**
 * Id of the local user whose row the draft has taken over; undefined when there is none. The draft takes over the row
 * of `adoptee` when content is first written, unless the Clerk user already has a row of its own.
 */
export function adoptedUserOf(draft: UserDraft): string | undefined {
  return draft.adoptee !== undefined && rowOf(draft)?.userId === draft.adoptee ? draft.adoptee : undefined;
}

/**
 * State of the user as `decide` needs it. `decide` compares the row with `seen` only by content hash. A hash of an
 * earlier content version covers fewer columns, so it differs even for the same content. `holdsContent` can compare
 * such a row. If the row holds the content of `seen`, the returned state has the hash of `seen`.
 */
export function knownBeside({ state, stored }: UserDraft, seen?: MappedUser): Known {
  if (state.kind !== 'live') return { kind: state.kind };
  const { version, contentHash } = state.row;
  const known = { kind: 'live', version: version ?? 0, contentHash: contentHash ?? '' } as const;
  if (seen === undefined || !holdsContent({ ...stored, contentHash }, seen)) return known;
  return { ...known, contentHash: seen.contentHash };
}

/** Marker of the user's row. */
export function markerOf(draft: UserDraft): RowMarker {
  const known = knownBeside(draft);
  return known.kind === 'live' ? `${known.version}:${known.contentHash}` : known.kind;
}

/**
 * Sets content and version. For an absent user, creates a row with the id that `newId` returns, or takes over the row
 * of `adoptee`.
 */
export function writeContent(draft: UserDraft, user: MappedUser, newId: () => string): UserDraft {
  const { state, adoptee } = draft;
  const { version, contentHash, lockout } = user;
  switch (state.kind) {
    case 'tombstone':
      return draft;
    case 'absent': {
      const row = { userId: adoptee ?? newId(), version, contentHash, lockout, activity: noActivity };
      const insert = { kind: 'insert', content: user, createdFrom: user.publicMetadata } as const;
      const write = adoptee === undefined ? insert : ({ kind: 'update', content: user } as const);
      return { ...draft, state: { kind: 'live', row, write } };
    }
    case 'live': {
      const row = { ...state.row, version, contentHash, lockout };
      return { ...draft, state: { kind: 'live', row, write: withContent(state.write, user) } };
    }
  }
}

/**
 * Sets version and lockout of a user whose content is the same. Sets the content hash as well, because the stored one
 * may be of an earlier content version.
 */
export function advanceVersion(draft: UserDraft, { version, contentHash, lockout }: MappedUser): UserDraft {
  return changeRow(draft, 'version', { version, contentHash, lockout });
}

/**
 * Takes over the lockout of a snapshot that otherwise equals the row: Clerk may change a lockout without a new version.
 */
export function noteLockout(draft: UserDraft, { lockout, observedAt }: MappedUser): UserDraft {
  const known = rowOf(draft)?.lockout;
  if (known === undefined || lockoutAt(lockout, observedAt).locked === lockoutAt(known, observedAt).locked)
    return draft;
  return changeRow(draft, 'times', { lockout });
}

/** Takes over activity times that are later than the known ones. */
export function noteActivity(draft: UserDraft, seen: Activity): UserDraft {
  const known = rowOf(draft)?.activity ?? noActivity;
  const activity = laterActivity(known, seen);
  const moved = (Object.keys(activity) as (keyof Activity)[]).some((key) => activity[key] !== known[key]);
  return moved ? changeRow(draft, 'times', { activity }) : draft;
}

/**
 * Leaves the addresses of `kinds` out of the user's content, because other users hold them. Starts from the content
 * that the draft writes. If the draft writes none, starts from `seen`, the user as observed. If the stored row already
 * holds the result, the draft writes only the version.
 */
export function leaveAddresses(draft: UserDraft, kinds: ReadonlySet<AddressKind>, seen: MappedUser): UserDraft {
  const { state, stored } = draft;
  if (state.kind !== 'live' || kinds.size === 0) return draft;
  const content = withoutAddresses(contentOf(draft) ?? seen, kinds);
  const row = { ...state.row, version: content.version, contentHash: content.contentHash };
  const isStored = state.write.kind !== 'insert' && holdsContent(stored, content);
  const write = isStored ? ({ kind: 'version' } as const) : withContent(state.write, content);
  return { ...draft, withheld: kinds, state: { kind: 'live', row, write } };
}

/** Deletes the user. */
export function deleteUser(draft: UserDraft, because: string, undoable: boolean): UserDraft {
  const { state } = draft;
  if (state.kind === 'tombstone') return draft;
  const insert = state.kind === 'live' && state.write.kind === 'insert' ? state.write : undefined;
  const row = state.kind === 'live' ? { ...state.row, contentHash: null } : undefined;
  return { ...draft, state: { kind: 'tombstone', row, deletion: { because, undoable, insert } } };
}

function withContent(write: PendingWrite, content: MappedUser): PendingWrite {
  return write.kind === 'insert' ? { ...write, content } : { kind: 'update', content };
}

function changeRow(draft: UserDraft, kind: 'times' | 'version', changes: Partial<DraftRow>): UserDraft {
  const { state } = draft;
  if (state.kind !== 'live') return draft;
  const isWeaker = state.write.kind === 'none' || (state.write.kind === 'times' && kind === 'version');
  const write = isWeaker ? { kind } : state.write;
  return { ...draft, state: { kind: 'live', row: { ...state.row, ...changes }, write } };
}
