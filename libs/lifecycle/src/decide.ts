/** What the database holds about a Clerk id. Versions are Clerk's `updated_at` in milliseconds. */
export type Known =
  | { readonly kind: 'absent' }
  | { readonly kind: 'tombstone' }
  | { readonly kind: 'live'; readonly version: number; readonly contentHash: string };

/**
 * What was seen of a Clerk user. An *event* tells of a moment in the past; a *snapshot* was fetched from Clerk just
 * now. `proven`: the event alone is enough to create the user, because it names our Clerk instance and the user would
 * start with the lowest role. `rowUnchanged`: the row has not changed since that fetch began. `confirmed`: it is the
 * second fetch in a row that was older than the row.
 */
export type Observation =
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
 * What is to be done.
 *
 * - `create`, `apply`, `delete`: write the row. `heal`: write it although its version goes back.
 * - `advance`: write the version, and none of the content.
 * - `duplicate`, `stale`, `tombstoned`: write nothing.
 * - `fetch`: ask Clerk and decide again. `fetch-later`: the same, after a delay. `confirm`: the same, and create nothing
 *   when Clerk does not know the user.
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

/** What is to be done, and why, in a sentence for operators. */
export interface Decision {
  readonly action: Action;
  readonly reason: string;
}

const decision = (action: Action, reason: string): Decision => ({ action, reason });

/** Every source of change — webhook, redrive, first login, backfill, reconcile — is judged by this one function. */
export function decide(known: Known, seen: Observation): Decision {
  if (seen.kind === 'deletion') return decideDeletion(known);
  switch (known.kind) {
    case 'tombstone':
      return decision('tombstoned', 'the user was deleted at Clerk; nothing brings the id back');
    case 'absent':
      return seen.kind === 'event' && !seen.proven
        ? decision('confirm', 'the user is unknown and the event does not prove that Clerk has it; Clerk is asked')
        : decision('create', 'the user was unknown');
    case 'live':
      return seen.kind === 'event' ? decideEvent(known, seen) : decideSnapshot(known, seen);
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

function decideEvent(row: Live, event: Extract<Observation, { kind: 'event' }>): Decision {
  const same = event.contentHash === row.contentHash;
  if (event.version > row.version) return newer(same);
  if (event.version < row.version) return decision('stale', 'a newer version of the user is applied already');
  return same
    ? decision('duplicate', 'this version of the user is applied already')
    : decision('fetch', 'two contents claim the same version; Clerk is asked which one holds');
}

function decideSnapshot(row: Live, snapshot: Extract<Observation, { kind: 'snapshot' }>): Decision {
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
