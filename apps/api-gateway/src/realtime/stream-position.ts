/** Names of the streams whose changes are sent. */
export const sources = ['users', 'data'] as const;

/** A stream whose changes are sent. */
export type Source = (typeof sources)[number];

/** A place in one stream: everything up to the sequence was sent, and the epoch was current there. */
export interface Place {
  readonly epoch: number;
  readonly sequence: number;
}

/** A place in each stream. Equal on all gateways. */
export type Position = Readonly<Record<Source, Place>>;

const PATTERN = /^([0-9a-z]{1,11})\.([0-9a-z]{1,11})-([0-9a-z]{1,11})\.([0-9a-z]{1,11})$/;

/** The id of an event. */
export function idOf({ users, data }: Position): string {
  return `${textOf(users)}-${textOf(data)}`;
}

/** Reads the id of an event; undefined if it is none of ours. */
export function positionOf(id: string): Position | undefined {
  const [, ...parts] = PATTERN.exec(id) ?? [];
  const numbers = parts.map((part) => Number.parseInt(part, 36));
  if (numbers.length !== 4 || !numbers.every(Number.isSafeInteger)) return undefined;
  const [usersEpoch = 0, usersSequence = 0, dataEpoch = 0, dataSequence = 0] = numbers;
  return {
    users: { epoch: usersEpoch, sequence: usersSequence },
    data: { epoch: dataEpoch, sequence: dataSequence },
  };
}

/** The later of two places in a stream. */
export function laterOf(one: Place, other: Place): Place {
  return one.sequence > other.sequence ? one : other;
}

function textOf({ epoch, sequence }: Place): string {
  return `${epoch.toString(36)}.${sequence.toString(36)}`;
}
