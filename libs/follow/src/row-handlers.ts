import { type Change, type Removal } from './following';
import { type Delivery } from './intake';

/** What a follower calls for the rows of one stream. */
export interface RowHandlers<Body> {
  readonly onRow: (body: Body, change: Change) => unknown;
  readonly onRemoved: (key: string, removal: Removal) => unknown;
}

/** Calls the handler for what is delivered, and returns what that returns. */
export function handle<Body>(
  { onRow, onRemoved }: RowHandlers<Body>,
  key: string,
  { message, generation }: Delivery<Body>,
): unknown {
  if (message?.body === undefined) {
    const reason = message === undefined ? 'absent' : 'deleted';
    return onRemoved(key, { reason, version: message?.version, generation });
  }
  const { version, changed, at, body } = message;
  return onRow(body, { version, generation, changed, at });
}
