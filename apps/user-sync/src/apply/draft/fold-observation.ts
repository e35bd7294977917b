import { type Decision, type Observed, decide } from '@gatehouse/lifecycle';
import { type MetadataRules, seedRoleOf } from '../../clerk-user/company-metadata';
import { type MappedUser } from '../../clerk-user/map-clerk-user';
import { type ApplyResult, type Observation, type Seen } from '../observation/observation';
import {
  type UserDraft,
  adoptedUserOf,
  advanceVersion,
  deleteUser,
  knownBeside,
  markerOf,
  noteActivity,
  noteLockout,
  rowOf,
  writeContent,
} from './user-draft';

/** A draft after an observation. When the observation needs an answer from Clerk, the draft is unchanged. */
interface Folded {
  readonly draft: UserDraft;
  readonly result: ApplyResult;
}

/** Folds one observation into the draft of its user. `decide` of `@gatehouse/lifecycle` makes the decision. */
export function foldObservation(
  before: UserDraft,
  observation: Observation,
  newId: () => string,
  rules: MetadataRules,
): Folded {
  const decision = decisionFor(before, observation.seen, rules);
  const { action, reason } = decision;
  if (action === 'fetch' || action === 'fetch-later' || action === 'confirm') {
    return { draft: before, result: { settled: false, needs: action, reason } };
  }
  const written = noteActivity(carryOut(before, action, observation, newId), observation.activity);
  const draft = { ...written, metadata: newestMetadata(action, observation.seen) ?? written.metadata };
  const isLink = action === 'create' && adoptedUserOf(draft) !== undefined;
  return {
    draft,
    result: {
      settled: true,
      userId: rowOf(draft)?.userId ?? null,
      decision: isLink ? 'link' : action,
      reason: isLink ? 'a local user has the same address verified: it is this user' : reason,
      repeated: false,
    },
  };
}

/** An action that needs no answer from Clerk. `activity`: the observation only shows that the user was active. */
type FinalAction = Exclude<Decision['action'], 'fetch' | 'fetch-later' | 'confirm'> | 'activity';

function carryOut(
  draft: UserDraft,
  action: FinalAction,
  { seen, origin }: Observation,
  newId: () => string,
): UserDraft {
  switch (action) {
    case 'create':
    case 'apply':
    case 'heal':
      return 'user' in seen ? writeContent(draft, seen.user, newId) : draft;
    case 'advance':
      return 'user' in seen ? advanceVersion(draft, seen.user) : draft;
    case 'delete':
      return deleteUser(draft, origin.id, seen.kind === 'deletion' && seen.undoable === true);
    case 'duplicate':
      return seen.kind === 'snapshot' ? noteLockout(draft, seen.user) : draft;
    case 'stale':
    case 'tombstoned':
    case 'activity':
      return draft;
  }
}

/**
 * Public metadata of the observed user; undefined when the observation is older than the row or shows no user. With the
 * decision `heal`, the observation does not count as older. Its version is lower than that of the row, but Clerk has
 * confirmed it by a second answer.
 */
function newestMetadata(action: FinalAction, seen: Seen): UserDraft['metadata'] {
  const isNewest = ['create', 'apply', 'heal', 'advance', 'duplicate'].includes(action);
  return isNewest && 'user' in seen ? seen.user.publicMetadata : undefined;
}

function decisionFor(
  draft: UserDraft,
  seen: Seen,
  rules: MetadataRules,
): Decision | { readonly action: 'activity'; readonly reason: string } {
  if (seen.kind === 'nothing') return decisionWithoutUser(draft);
  if (seen.kind === 'deletion') return decide(knownBeside(draft), { kind: 'deletion' });
  return withAddressNote(decide(knownBeside(draft, seen.user), observedBy(draft, seen, rules)), seen.user);
}

function decisionWithoutUser(draft: UserDraft): Decision | { readonly action: 'activity'; readonly reason: string } {
  const known = knownBeside(draft);
  switch (known.kind) {
    case 'live':
      return { action: 'activity', reason: 'the session only says when the user was active' };
    case 'absent':
      return { action: 'fetch', reason: 'the session is of an unknown user; Clerk is asked for it' };
    case 'tombstone':
      // For a deleted user, the decision is the same whatever an event shows, so an empty event is passed.
      return decide(known, { kind: 'event', version: 0, contentHash: '', proven: false });
  }
}

/**
 * Adds `addressNote` to the reason of the decision: why the stored address is not the primary one, or why none is
 * stored. Does not add it to `stale` and `tombstoned`, which ignore the observed user.
 */
function withAddressNote(decision: Decision, { addressNote }: MappedUser): Decision {
  const isWritten = decision.action !== 'stale' && decision.action !== 'tombstoned';
  return addressNote !== null && isWritten ? { ...decision, reason: `${decision.reason}; ${addressNote}` } : decision;
}

function observedBy(
  draft: UserDraft,
  seen: Extract<Seen, { readonly user: MappedUser }>,
  rules: MetadataRules,
): Observed {
  const { version, contentHash, publicMetadata } = seen.user;
  if (seen.kind === 'event') {
    // An event alone never gives a role above `user`. So an event with a higher seed role is not proven, and Clerk is
    // asked first.
    const proven = seen.unproven !== true && seedRoleOf(publicMetadata, rules) === 'user';
    return { kind: 'event', version, contentHash, proven };
  }
  const rowUnchanged = markerOf(draft) === seen.before;
  return { kind: 'snapshot', version, contentHash, rowUnchanged, confirmed: seen.confirmed };
}
