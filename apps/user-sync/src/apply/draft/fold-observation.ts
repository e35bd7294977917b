import { type Decision, type Observed, decide } from '@gatehouse/lifecycle';
import { type MappedUser } from '../../clerk-user/map-clerk-user';
import { type MetadataRules, seedRoleOf } from '../../clerk-user/company-metadata';
import { type ApplyResult, type Observation } from '../observation/observation';
import { type UserDraft } from './user-draft';

/** Folds one observation into its user's draft: the decision is lifecycle's, the draft collects what is to be written. */
export function foldObservation(
  draft: UserDraft,
  observation: Observation,
  newId: () => string,
  rules: MetadataRules,
): ApplyResult {
  const decision = decisionFor(draft, observation, rules);
  switch (decision.action) {
    case 'fetch':
    case 'fetch-later':
    case 'confirm':
      return { settled: false, needs: decision.action, reason: decision.reason };
    case 'create':
    case 'apply':
    case 'heal':
      if ('user' in observation.seen) draft.write(observation.seen.user, newId);
      break;
    case 'advance':
      if ('user' in observation.seen) draft.advance(observation.seen.user);
      break;
    case 'delete':
      draft.delete(observation.origin.id, observation.seen.kind === 'deletion' && observation.seen.undoable === true);
      break;
    case 'duplicate':
      if (observation.seen.kind === 'snapshot' && draft.known.kind === 'live') draft.noteLockout(observation.seen.user);
      break;
    case 'stale':
    case 'tombstoned':
    case 'activity':
      break;
  }
  if (draft.known.kind === 'live') draft.note(observation.activity);
  if (isNewest(decision.action) && 'user' in observation.seen) draft.metadata = observation.seen.user.publicMetadata;
  const { action, reason } =
    decision.action === 'create' && draft.adopted !== undefined
      ? { action: 'link', reason: 'a local user has the same address verified: it is this user' }
      : decision;
  return { settled: true, userId: draft.userId, decision: action, reason, repeated: false };
}

/** Whether the decision means that what was seen is at least as new as the row. */
function isNewest(action: string): boolean {
  return ['create', 'apply', 'heal', 'advance', 'duplicate'].includes(action);
}

/** What is to be done; `activity`: nothing was seen but that the user did something. */
function decisionFor(
  draft: UserDraft,
  { seen }: Observation,
  rules: MetadataRules,
): Decision | { action: 'activity'; reason: string } {
  const { known } = draft;
  if ('user' in seen)
    return explained(decide(draft.knownBeside(seen.user), observation(draft, seen, rules)), seen.user);
  if (seen.kind !== 'nothing') return decide(known, observation(draft, seen, rules));
  switch (known.kind) {
    case 'live':
      return { action: 'activity', reason: 'the session says when the user was active, and nothing else of it' };
    case 'absent':
      return { action: 'fetch', reason: 'the session is of an unknown user; Clerk is asked for it' };
    case 'tombstone':
      // Whatever is seen of a deleted user has the same answer.
      return decide(known, { kind: 'event', version: 0, contentHash: '', proven: false });
  }
}

/** Says which address is stored when it is not the one that Clerk calls primary. */
function explained(decision: Decision, { addressNote }: MappedUser): Decision {
  const isOfAnother = decision.action === 'stale' || decision.action === 'tombstoned';
  if (addressNote === null || isOfAnother) return decision;
  return { ...decision, reason: `${decision.reason}; ${addressNote}` };
}

function observation(
  draft: UserDraft,
  seen: Exclude<Observation['seen'], { kind: 'nothing' }>,
  rules: MetadataRules,
): Observed {
  switch (seen.kind) {
    case 'deletion':
      return seen;
    case 'event':
      return {
        kind: 'event',
        version: seen.user.version,
        contentHash: seen.user.contentHash,
        // A role above `user` is never taken from an event alone.
        proven: seen.unproven !== true && seedRoleOf(seen.user.publicMetadata, rules) === 'user',
      };
    case 'snapshot':
      return {
        kind: 'snapshot',
        version: seen.user.version,
        contentHash: seen.user.contentHash,
        rowUnchanged: draft.marker === seen.before,
        confirmed: seen.confirmed,
      };
  }
}
