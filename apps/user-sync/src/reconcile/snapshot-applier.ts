import { isRetryable } from '@gatehouse/lifecycle';
import { Injectable } from '@nestjs/common';
import {
  type ApplyResult,
  type Observation,
  type Settled,
  type Unsettled,
  noActivity,
} from '../apply/observation/observation';
import { ObservationApplier } from '../apply/batch/observation-applier';
import { ClerkSettlement } from '../apply/settle/settle-with-clerk';
import { mapBounded } from '../concurrency/slots';
import {
  ClerkUnavailableError,
  ClerkRequestError,
  ConflictTooWideError,
  DatabaseRefusedError,
  UserMissingAtClerkError,
  UserUnsettledError,
} from '../errors';
import { type MappedUser } from '../clerk-user/map-clerk-user';
import { type Sighting } from './reconcile-runs';

/** Users per transaction. */
const CHUNK = 250;
const MAX_SETTLEMENTS = 5;

/** Applies the snapshots of a reconcile run. */
@Injectable()
export class SnapshotApplier {
  constructor(
    private readonly applier: ObservationApplier,
    private readonly settlement: ClerkSettlement,
  ) {}

  /**
   * Applies a page of users. Returns the decision about each. It is `missing` when Clerk no longer knows the user, and
   * `failed` when the user could not be applied.
   */
  async applyAll(runId: string, users: readonly MappedUser[]): Promise<Sighting[]> {
    const sightings: Sighting[] = [];
    for (let from = 0; from < users.length; from += CHUNK) {
      sightings.push(...(await this.applyChunk(users.slice(from, from + CHUNK).map((user) => snapshot(runId, user)))));
    }
    return sightings;
  }

  /** Fetches one user and applies the snapshot. */
  async ask(runId: string, clerkUserId: string): Promise<Sighting> {
    return this.settle({ clerkUserId, activity: noActivity, origin: originOf(runId, clerkUserId) }, 'fetch', null);
  }

  /** Deletes a user that Clerk no longer knows; an admin can undo the deletion. */
  async delete(runId: string, clerkUserId: string): Promise<void> {
    const seen = { kind: 'deletion', undoable: true } as const;
    await this.applier.apply([{ clerkUserId, seen, activity: noActivity, origin: originOf(runId, clerkUserId) }]);
  }

  private async applyChunk(observations: readonly Observation[]): Promise<Sighting[]> {
    let results: ApplyResult[];
    try {
      results = await this.applier.apply(observations);
    } catch (error) {
      if (!(error instanceof DatabaseRefusedError)) throw error;
      if (observations.length === 1) return observations.map((observation) => sightingOf(observation, 'failed'));
      // Apply the users one by one, so that only the one that cannot be written fails.
      const alone: Sighting[] = [];
      for (const observation of observations) alone.push(...(await this.applyChunk([observation])));
      return alone;
    }
    const pairs = observations.map((observation, index) => ({ observation, result: results[index] }));
    const sightings = await mapBounded(pairs, MAX_SETTLEMENTS, async ({ observation, result }) => {
      if (result?.settled === true) return sightingOf(observation, result.decision);
      return this.settle(observation, result?.needs ?? 'fetch', versionOf(observation));
    });
    // Users who want each other's addresses can change each other's rows while they are settled concurrently. Each
    // change costs another round, and a user without a round left fails. So the failed users are settled again, one by
    // one.
    for (const [index, observation] of observations.entries()) {
      if (sightings[index]?.decision !== 'failed') continue;
      sightings[index] = await this.settle(observation, 'fetch', versionOf(observation));
    }
    return sightings;
  }

  private async settle(
    { clerkUserId, activity, origin }: Omit<Observation, 'seen'>,
    needs: Unsettled['needs'],
    version: number | null,
  ): Promise<Sighting> {
    try {
      const { decision }: Settled = await this.settlement.settle({ clerkUserId, activity, origin }, needs);
      return { clerkUserId, decision, version };
    } catch (error) {
      if (error instanceof UserMissingAtClerkError) return { clerkUserId, decision: 'missing', version };
      const alone = [DatabaseRefusedError, UserUnsettledError, ConflictTooWideError].some((t) => error instanceof t);
      if (!alone && !isOfThisUserAlone(error)) throw error;
      return { clerkUserId, decision: 'failed', version };
    }
  }
}

/**
 * Whether only this user is affected by the error, so that the run can continue with the others. While Clerk as a whole
 * is available, an error that a retry may fix, such as a 500, concerns one request. An error that no retry fixes, such
 * as a rejected secret key, would recur for each user, so it stops the run.
 */
function isOfThisUserAlone(error: unknown): boolean {
  if (!(error instanceof ClerkRequestError) || error instanceof ClerkUnavailableError) return false;
  return isRetryable({ kind: error.kind, ...error.answer });
}

function snapshot(runId: string, user: MappedUser): Observation {
  return {
    clerkUserId: user.clerkUserId,
    // `unknown`: the row was not read before the page was fetched. The user is fetched again if the row has a later
    // version, or the same version with other content.
    seen: { kind: 'snapshot', user, before: 'unknown', confirmed: false },
    activity: user.activity,
    origin: originOf(runId, user.clerkUserId),
  };
}

function originOf(runId: string, clerkUserId: string): Observation['origin'] {
  return {
    id: `reconcile:${runId}:${clerkUserId}`,
    source: 'reconcile',
    eventType: 'reconcile',
    attempt: 0,
    correlationId: runId,
  };
}

function sightingOf(observation: Observation, decision: string): Sighting {
  return { clerkUserId: observation.clerkUserId, decision, version: versionOf(observation) };
}

function versionOf({ seen }: Observation): number | null {
  return 'user' in seen ? seen.user.version : null;
}
