/** What the database holds about a Clerk id. A version is Clerk's `updated_at` in milliseconds. */
export type Known =
  | { readonly kind: 'absent' }
  | { readonly kind: 'tombstone' }
  | { readonly kind: 'live'; readonly version: number; readonly contentHash: string };

/**
 * Facts of an observation that decide what to do. An *event* describes a moment in the past, a *snapshot* was fetched
 * from Clerk just now.
 *
 * - `proven`: the event names our Clerk instance and the user starts with the lowest role, so the event may create the
 *   user without a request to Clerk.
 * - `rowUnchanged`: the row has not changed since Clerk was asked for the snapshot.
 * - `confirmed`: this snapshot is the second one. The version of the first one was lower than the row's, so Clerk was
 *   asked again after a delay. If the version is lower again, the row is ahead of Clerk and is healed.
 */
export type Observed =
  | { readonly kind: 'event'; readonly version: number; readonly contentHash: string; readonly proven: boolean }
  | {
      readonly kind: 'snapshot';
      readonly version: number;
      readonly contentHash: string;
      readonly rowUnchanged: boolean;
      readonly confirmed: boolean;
    }
  | { readonly kind: 'deletion' };

/**
 * What to do with an observation.
 *
 * - `create`, `apply`, `delete`: write the row.
 * - `heal`: write the row although its version becomes lower.
 * - `advance`: write the version only; the content is the same.
 * - `duplicate`, `stale`, `tombstoned`: write nothing.
 * - `fetch`: fetch the user from Clerk and decide again.
 * - `fetch-later`: fetch after a delay and decide again.
 * - `confirm`: the event would create a user but does not prove that Clerk has it. Fetch the user and decide again. If
 *   Clerk does not know the user, the event is ignored, whereas after `fetch` it fails.
 */
export type Action =
  | 'create'
  | 'apply'
  | 'heal'
  | 'advance'
  | 'delete'
  | 'duplicate'
  | 'stale'
  | 'tombstoned'
  | 'fetch'
  | 'fetch-later'
  | 'confirm';

/** What to do, and why, in a sentence for operators. */
export interface Decision {
  readonly action: Action;
  readonly reason: string;
}

const decision = (action: Action, reason: string): Decision => ({ action, reason });

/**
 * Decides about an observation, by the same rules for every source. A redriven event counts as an event like any other.
 */
export function decide(known: Known, observed: Observed): Decision {
  if (observed.kind === 'deletion') return decideDeletion(known);
  switch (known.kind) {
    case 'tombstone':
      return decision('tombstoned', 'the user was deleted at Clerk; a deleted id is never created again');
    case 'absent':
      return observed.kind === 'event' && !observed.proven
        ? decision('confirm', 'the user was unknown and the event does not prove that Clerk has it; Clerk is asked')
        : decision('create', 'the user was unknown');
    case 'live':
      return observed.kind === 'event' ? decideEvent(known, observed) : decideSnapshot(known, observed);
  }
}

function decideDeletion(known: Known): Decision {
  switch (known.kind) {
    case 'tombstone':
      return decision('duplicate', 'the user was deleted already');
    case 'absent':
      return decision('delete', 'the user was unknown; the tombstone keeps late events from creating it');
    case 'live':
      return decision('delete', 'Clerk deleted the user; a deletion wins over every version');
  }
}

type Live = Extract<Known, { kind: 'live' }>;

function decideEvent(row: Live, event: Extract<Observed, { kind: 'event' }>): Decision {
  const same = event.contentHash === row.contentHash;
  if (event.version > row.version) return newer(same);
  if (event.version < row.version) return decision('stale', 'a newer version of the user is applied already');
  return same
    ? decision('duplicate', 'this version of the user is applied already')
    : decision('fetch', 'the row has this version with other content; Clerk is asked for the current content');
}

function decideSnapshot(row: Live, snapshot: Extract<Observed, { kind: 'snapshot' }>): Decision {
  const same = snapshot.contentHash === row.contentHash;
  if (snapshot.version > row.version) return newer(same);
  if (snapshot.version === row.version) {
    if (same) return decision('duplicate', 'the stored content equals what Clerk holds');
    return snapshot.rowUnchanged
      ? decision('apply', 'Clerk holds this content for the version')
      : decision('fetch', 'the row changed while Clerk was asked');
  }
  if (!snapshot.rowUnchanged) return decision('fetch', 'the row changed while Clerk was asked');
  return snapshot.confirmed
    ? decision('heal', 'Clerk was asked twice and holds an older version: the row was ahead of Clerk')
    : decision('fetch-later', 'Clerk answered with an older version; it is asked once more');
}

function newer(same: boolean): Decision {
  return same ? decision('advance', 'newer version, same content') : decision('apply', 'newer version, other content');
}
