import { eventually } from '@gatehouse/testing';
import { type FaultWorld } from './fault-world';
import { type Load } from './load';

/** A fault that is applied to a running Gatehouse during deliveries. */
export interface Cell {
  readonly name: string;
  /** Letters and digits, for use in ids. */
  readonly key: string;
  /** Also runs in the short version of the matrix. */
  readonly short?: true;
  /** Exact number of deliveries that end dead. */
  readonly dead?: number;
  readonly deliveries?: number;
  /** No request may fail, except by a refused connection, which Clerk retries. */
  readonly unnoticed?: true;
  /** The servers store their data on small disks. */
  readonly smallDisks?: true;
  run(world: FaultWorld, load: Load): Promise<void>;
}

/** Sends all deliveries, and applies the fault when `accepted` of them were accepted. */
export async function during(load: Load, accepted: number, fault: () => Promise<void>): Promise<void> {
  const sending = load.send();
  await eventually(() => load.done >= accepted, { timeoutMs: 60_000, intervalMs: 1 });
  await fault();
  await sending;
}

/** Throws RangeError when the fault had no effect, because the test would then prove nothing. */
export function requireEffect(hadEffect: boolean, otherwise: string): void {
  if (!hadEffect) throw new RangeError(`the cell proves nothing: ${otherwise}`);
}

/** Waits while a fault lasts. */
export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
