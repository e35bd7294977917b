import { type MetadataRules } from '../../clerk-user/company-metadata';
import { newUserId } from '../../user-rows/new-user';
import { foldObservation } from '../draft/fold-observation';
import { type UserDraft, contentOf, leaveAddresses, rowOf } from '../draft/user-draft';
import { type ApplyResult, type Observation, type Settled } from '../observation/observation';
import { type AddressPlan } from './address-plan';
import { type AppliedRow } from './applied-events';

/** Users and results after all observations of a batch. Nothing is written yet. */
interface FoldedBatch {
  readonly drafts: readonly UserDraft[];
  /** One per observation. */
  readonly results: readonly ApplyResult[];
  readonly rows: readonly AppliedRow[];
}

/**
 * Folds the observations, in order, into drafts: users as they will be written. An observation whose id is in
 * `applied`, or occurs twice in the batch, repeats the earlier result.
 */
export function foldBatch(
  loaded: ReadonlyMap<string, UserDraft>,
  applied: ReadonlyMap<string, Settled>,
  observations: readonly Observation[],
  plan: AddressPlan | undefined,
  rules: MetadataRules,
): FoldedBatch {
  const drafts = new Map<string, UserDraft>(
    [...loaded].map(([id, draft]) => [id, { ...draft, adoptee: plan?.link.get(id) }]),
  );
  const earlier = new Map(applied);
  const rows: AppliedRow[] = [];
  const results = observations.map((observation): ApplyResult => {
    const { clerkUserId, origin } = observation;
    const repeated = earlier.get(origin.id);
    if (repeated !== undefined) return repeated;
    const before = drafts.get(clerkUserId);
    if (before === undefined) throw new RangeError('a batch holds a user that was not loaded');
    const folded = foldObservation(before, observation, newUserId, rules);
    if (!folded.result.settled) return folded.result;
    const { draft, result } = followPlan(folded.draft, observation, folded.result, plan);
    drafts.set(clerkUserId, draft);
    earlier.set(origin.id, { ...result, repeated: true });
    rows.push({ observation, result, versionBefore: versionOf(before), versionAfter: versionOf(draft) });
    return result;
  });
  return { drafts: [...drafts.values()], results, rows };
}

function versionOf(draft: UserDraft): number | null {
  return rowOf(draft)?.version ?? null;
}

/**
 * Removes from the draft the addresses that the plan assigns to other users, and says so in the reason of the result.
 */
function followPlan(
  draft: UserDraft,
  { clerkUserId, seen }: Observation,
  result: Settled,
  plan: AddressPlan | undefined,
): { readonly draft: UserDraft; readonly result: Settled } {
  const kinds = plan?.withhold.get(clerkUserId);
  if (kinds === undefined || !('user' in seen)) return { draft, result };
  const left = leaveAddresses(draft, kinds, seen.user);
  const written = result.decision === 'create' ? 'create' : 'apply';
  const decision = contentOf(left) === undefined ? 'duplicate' : written;
  const reason = `${result.reason}; its ${[...kinds].join(' and ')} is left to another user`;
  return { draft: left, result: { ...result, decision, reason } };
}
