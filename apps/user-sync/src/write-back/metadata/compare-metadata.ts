import {
  type HeldValues,
  type PublicMetadata,
  heldValues,
  metadataNames,
  metadataPath,
} from '../../clerk-user/company-metadata';
import { type OurValue, type OurValues } from '../../database/write-back.entity';
import { digestOf } from './metadata-value';

/** Values that Gatehouse wants at its keys, by path. */
type WantedValues = ReadonlyMap<string, string>;

/** A value at one of Gatehouse's keys that is not known to be ours. */
export interface ForeignValue {
  /** Path below `publicMetadata`. */
  readonly key: string;
  readonly value: unknown;
  readonly digest: string;
}

/** Clerk's values at Gatehouse's keys, and what may be written there. */
export interface MetadataComparison {
  readonly held: HeldValues;
  /** Wanted values that differ from Clerk's and may be written. */
  readonly write: WantedValues;
  /** Wanted values that Clerk already holds. */
  readonly equal: WantedValues;
  /** All foreign values, including those that an admin lets Gatehouse overwrite. */
  readonly foreign: readonly ForeignValue[];
}

/**
 * Time after which a request with an unknown result is no longer expected to arrive at Clerk; milliseconds. An estimate
 * with a wide margin: requests time out after 10 s.
 */
const SENT_KEPT_MS = 3_600_000;

/** Values that Clerk should hold for a user. `key`: the configured key that holds our values, if any. */
export function wantedValues(user: { readonly userId: string; readonly role: string }, key?: string): WantedValues {
  const values = { dbId: user.userId, role: user.role };
  return new Map(metadataNames.map((name) => [metadataPath(name, key), values[name]]));
}

/**
 * Compares Clerk's metadata with the wanted values. A key may be written when it is absent or holds a value that is
 * known to be ours. `taken`, by key: digest of the foreign value that an admin lets Gatehouse overwrite.
 */
export function compareMetadata(
  metadata: PublicMetadata,
  wanted: WantedValues,
  { key, ours, taken }: { key?: string | undefined; ours: OurValues; taken: ReadonlyMap<string, string> },
): MetadataComparison {
  const held = heldValues(metadata, key);
  const isForeign = ([path, value]: [string, unknown]) => value !== wanted.get(path) && !isOurs(ours[path], value);
  const foreign = [...held].filter(isForeign).map(([path, value]): ForeignValue => {
    return { key: path, value, digest: digestOf(value) };
  });
  const blocked = new Set(foreign.flatMap((one) => (taken.get(one.key) === one.digest ? [] : [one.key])));
  const isBlocked = (path: string) => blocked.has(path) || (key !== undefined && blocked.has(key));
  const entries = [...wanted];
  return {
    held,
    foreign,
    write: new Map(entries.filter(([path, value]) => held.get(path) !== value && !isBlocked(path))),
    equal: new Map(entries.filter(([path, value]) => held.get(path) === value)),
  };
}

/**
 * Adds the wanted values that Clerk already holds (`equal`) to the values known to be ours (`ours`), even if somebody
 * else set them. Otherwise Clerk's value would count as foreign once we want another value, and could not be replaced.
 */
export function withEqual(ours: OurValues, equal: WantedValues): OurValues {
  const written = [...equal].map(([path, value]): [string, OurValue] => [path, { ...ours[path], written: value }]);
  return { ...ours, ...Object.fromEntries(written) };
}

/** Values at Gatehouse's keys after a write, if the company did not change them meanwhile. */
export function valuesAfter({ held, write }: MetadataComparison, key: string | undefined): HeldValues {
  // A foreign value at `key` itself is left out: the write replaces it by an object that holds our values.
  return new Map([...[...held].filter(([path]) => path !== key), ...write]);
}

/**
 * Adds the values of a request (`write`) to the values known to be ours (`ours`). Call it before the request is sent.
 */
export function withSent(ours: OurValues, write: WantedValues, now: Date): OurValues {
  const sent = [...write].map(([path, value]): [string, OurValue] => {
    const earlier = (ours[path]?.sent ?? []).filter((one) => one.value !== value);
    return [path, { ...ours[path], sent: [...earlier, { value, at: now.toISOString() }] }];
  });
  return { ...ours, ...Object.fromEntries(sent) };
}

/**
 * Values known to be ours after a check of all keys: the values that Clerk holds (`confirmed`), and the values sent in
 * the last hour by requests with an unknown result. Drops all others, which were replaced at Clerk.
 */
export function withConfirmed(ours: OurValues, confirmed: WantedValues, now: Date): OurValues {
  const paths = new Set([...Object.keys(ours), ...confirmed.keys()]);
  const kept = [...paths].flatMap((path): [string, OurValue][] => {
    const written = confirmed.get(path);
    const sent = (ours[path]?.sent ?? []).filter(
      ({ value, at }) => value !== written && now.getTime() - Date.parse(at) < SENT_KEPT_MS,
    );
    if (written === undefined && sent.length === 0) return [];
    return [[path, { ...(written !== undefined && { written }), ...(sent.length > 0 && { sent }) }]];
  });
  return Object.fromEntries(kept);
}

/** Body of the request that merges these values into `publicMetadata`. */
export function metadataPatch(write: WantedValues, key: string | undefined): Record<string, unknown> {
  const names = metadataNames.filter((name) => write.has(metadataPath(name, key)));
  const values = Object.fromEntries(names.map((name) => [name, write.get(metadataPath(name, key))]));
  return key === undefined ? values : { [key]: values };
}

function isOurs(ours: OurValue | undefined, value: unknown): boolean {
  if (ours === undefined || typeof value !== 'string') return false;
  return ours.written === value || (ours.sent ?? []).some((one) => one.value === value);
}
