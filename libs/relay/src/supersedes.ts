/** Which state of a row a message shows, and in which epoch it was published. */
export interface Position {
  readonly version: number;
  readonly epoch: number;
}

/**
 * Whether a message may replace another one of its subject: it has a higher version, or the same version and a higher
 * epoch. So the newest version wins, whatever the order of publishes, and a new epoch publishes every row again.
 */
export function supersedes(message: Position, published: Position | undefined): boolean {
  if (published === undefined || message.version > published.version) return true;
  return message.version === published.version && message.epoch > published.epoch;
}
