/** The end or the beginning of an epoch, in which the publisher writes every row again. */
export interface EpochMarker {
  readonly type: 'marker';
  readonly epoch: number;
  readonly isComplete: boolean;
  readonly generation: number;
}

/** The state of a row, or its deletion. */
export interface RowMessage<Body> {
  readonly type: 'row';
  readonly version: number;
  readonly epoch: number;
  readonly changed: readonly string[];
  readonly at: string;
  /** Undefined for a deletion. */
  readonly body: Body | undefined;
}

/** A message of a stream. */
export type StreamMessage<Body> = EpochMarker | RowMessage<Body>;

/** A stream whose messages are rows with versions. */
export interface FollowedStream<Body> {
  readonly name: string;
  /** Prefix of the subjects in the stream, with a dot at its end; the rest of a subject is the key. */
  readonly prefix: string;
  /** Subjects of the rows in the stream. */
  readonly subjects: string;
  /** Subjects to which the stream is republished. */
  readonly feed: string;
  /** Reads the body of a message that is no deletion; undefined if it is not the row with this key. */
  readonly body: (content: Readonly<Record<string, unknown>>, key: string) => Body | undefined;
}

/** Last token of the subject of the markers. */
export const MARKER_KEY = 'epoch';

const decoder = new TextDecoder();

/** Reads a message; undefined if it is not one of Gatehouse. Unknown fields are ignored. */
export function readMessage<Body>(
  stream: FollowedStream<Body>,
  key: string,
  data: Uint8Array,
): StreamMessage<Body> | undefined {
  const content = parse(data);
  if (content === undefined || !isCount(content.epoch)) return undefined;
  const { kind, version, epoch, changed, at } = content;
  if (key === MARKER_KEY) {
    if (kind !== 'epoch') return undefined;
    const generation = isCount(content.generation) ? content.generation : 0;
    return { type: 'marker', epoch, isComplete: content.state === 'complete', generation };
  }
  if (!isCount(version) || typeof at !== 'string') return undefined;
  const row = { type: 'row', version, epoch, at, changed: isTexts(changed) ? changed : [] } as const;
  if (kind === 'deleted') return { ...row, body: undefined };
  const body = stream.body(content, key);
  return body === undefined ? undefined : { ...row, body };
}

function parse(data: Uint8Array): Record<string, unknown> | undefined {
  try {
    const content: unknown = JSON.parse(decoder.decode(data));
    return isRecord(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value is an object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
