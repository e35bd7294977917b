import { isRetryable } from '@gatehouse/lifecycle';
import { Inject, Injectable } from '@nestjs/common';
import { type Applied, type Change, type Settled, type Unsettled, noActivity } from '../apply/observation/observation';
import { ChangeApplier } from '../apply/batch/observation-applier';
import { ClerkSettlement } from '../apply/settle/settle-with-clerk';
import { mapBounded } from '../concurrency/slots';
import {
  ClerkAwayError,
  ClerkRequestError,
  ConflictTooWideError,
  DatabaseRefusedError,
  UserMissingAtClerkError,
  UserUnsettledError,
} from '../errors';
import { type MappedUser } from '../clerk-user/map-clerk-user';
import { type Sighting } from './reconcile-runs';

/** Users in one transaction. */
const CHUNK = 250;
const MAX_SETTLEMENTS = 5;

/** Applies what a walk over Clerk's users has met, through the same apply function as every other source. */
@Injectable()
export class SnapshotApplier {
  constructor(
    @Inject(ChangeApplier) private readonly applier: ChangeApplier,
    @Inject(ClerkSettlement) private readonly settlement: ClerkSettlement,
  ) {}

  /** What was decided about each; `missing`: gone from Clerk meanwhile, `failed`: to be looked at by a person. */
  async applyAll(runId: string, users: readonly MappedUser[]): Promise<Sighting[]> {
    const sightings: Sighting[] = [];
    for (let from = 0; from < users.length; from += CHUNK) {
      sightings.push(...(await this.applyChunk(users.slice(from, from + CHUNK).map((user) => snapshot(runId, user)))));
    }
    return sightings;
  }

  /** Asks for one user by its id, and applies the answer. */
  async ask(runId: string, clerkUserId: string): Promise<Sighting> {
    return this.settle({ clerkUserId, activity: noActivity, story: storyOf(runId, clerkUserId) }, 'fetch', null);
  }

  /** Deletes a user whom Clerk does not know any more, so that it can be undone. */
  async delete(runId: string, clerkUserId: string): Promise<void> {
    const seen = { kind: 'deletion', undoable: true } as const;
    await this.applier.apply([{ clerkUserId, seen, activity: noActivity, story: storyOf(runId, clerkUserId) }]);
  }

  private async applyChunk(changes: readonly Change[]): Promise<Sighting[]> {
    let results: Applied[];
    try {
      results = await this.applier.apply(changes);
    } catch (error) {
      if (!(error instanceof DatabaseRefusedError)) throw error;
      if (changes.length === 1) return changes.map((change) => sightingOf(change, 'failed'));
      // One that cannot be written hurts no other.
      const alone: Sighting[] = [];
      for (const change of changes) alone.push(...(await this.applyChunk([change])));
      return alone;
    }
    const pairs = changes.map((change, index) => ({ change, result: results[index] }));
    const sightings = await mapBounded(pairs, MAX_SETTLEMENTS, async ({ change, result }) => {
      if (result?.settled === true) return sightingOf(change, result.decision);
      return this.settle(change, result?.wants ?? 'fetch', versionOf(change));
    });
    // Users who were settled at the same time may have been in each other's way: once more, one after the other.
    for (const [index, change] of changes.entries()) {
      if (sightings[index]?.decision !== 'failed') continue;
      sightings[index] = await this.settle(change, 'fetch', versionOf(change));
    }
    return sightings;
  }

  private async settle(
    { clerkUserId, activity, story }: Omit<Change, 'seen'>,
    wants: Unsettled['wants'],
    version: number | null,
  ): Promise<Sighting> {
    try {
      const { decision }: Settled = await this.settlement.settle({ clerkUserId, activity, story }, wants);
      return { clerkUserId, decision, version };
    } catch (error) {
      if (error instanceof UserMissingAtClerkError) return { clerkUserId, decision: 'missing', version };
      const alone = [DatabaseRefusedError, UserUnsettledError, ConflictTooWideError].some((t) => error instanceof t);
      if (!alone && !isOfThisUserAlone(error)) throw error;
      return { clerkUserId, decision: 'failed', version };
    }
  }
}

/** Clerk answers others, and our key: only at this user it fails. */
function isOfThisUserAlone(error: unknown): boolean {
  if (!(error instanceof ClerkRequestError) || error instanceof ClerkAwayError) return false;
  return isRetryable({ kind: error.kind, ...error.answer });
}

function snapshot(runId: string, user: MappedUser): Change {
  return {
    clerkUserId: user.clerkUserId,
    // Nobody knew before the page came whom it would hold: a tie is settled by asking for the one user.
    seen: { kind: 'snapshot', user, before: 'unknown', confirmed: false },
    activity: user.activity,
    story: storyOf(runId, user.clerkUserId),
  };
}

function storyOf(runId: string, clerkUserId: string): Change['story'] {
  return {
    id: `reconcile:${runId}:${clerkUserId}`,
    source: 'reconcile',
    eventType: 'reconcile',
    attempt: 0,
    correlationId: runId,
  };
}

function sightingOf(change: Change, decision: string): Sighting {
  return { clerkUserId: change.clerkUserId, decision, version: versionOf(change) };
}

function versionOf({ seen }: Change): number | null {
  return 'user' in seen ? seen.user.version : null;
}
