import { eventually } from '@gatehouse/testing';
import { type FaultWorld } from './fault-world';
import { type Load } from './load';

/** One fault, done to a running Gatehouse while deliveries come. */
export interface Cell {
  readonly name: string;
  /** Letters and digits: it stands in ids. */
  readonly key: string;
  /** Runs in `npm test` too. */
  readonly short?: true;
  /** How many of the deliveries may, and have to, end dead. */
  readonly dead?: number;
  readonly deliveries?: number;
  /** No request may fail, but for connections that are refused: those Clerk makes again. */
  readonly unnoticed?: true;
  /** Its servers' stores are on small disks of their own. */
  readonly smallDisks?: true;
  run(world: FaultWorld, load: Load): Promise<void>;
}

/** Sends, and does something when so many have been accepted. */
export async function during(load: Load, accepted: number, fault: () => Promise<void>): Promise<void> {
  const sending = load.send();
  await eventually(() => load.done >= accepted, { timeoutMs: 60_000, intervalMs: 1 });
  await fault();
  await sending;
}

/** Nothing is proven by a fault that nobody has noticed. Throws RangeError. */
export function requireNoticed(noticed: boolean, otherwise: string): void {
  if (!noticed) throw new RangeError(`the cell proves nothing: ${otherwise}`);
}

/** Lets the fault last. */
export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
