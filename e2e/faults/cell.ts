import { eventually } from '@gatehouse/testing';
import { type FaultWorld } from './fault-world';
import { type Load } from './load';
import { type OwnedLoad } from './owned-load';

/** A fault that is applied to a running Gatehouse under a load. */
interface CellOf<SomeLoad> {
  readonly name: string;
  /** Letters and digits, for use in ids. */
  readonly key: string;
  /** Also runs in the short version of the matrix. */
  readonly short?: true;
  /** No request may fail, except by a refused connection, which the sender retries. */
  readonly unnoticed?: true;
  run(world: FaultWorld, load: SomeLoad): Promise<void>;
}

/** A fault during deliveries. */
export interface Cell extends CellOf<Load> {
  /** Exact number of deliveries that end dead. */
  readonly dead?: number;
  readonly deliveries?: number;
  /** The servers store their data on small disks. */
  readonly smallDisks?: true;
}

/** A fault during writes of users to user-data. */
export interface OwnedCell extends CellOf<OwnedLoad> {
  readonly owned: true;
}

/** Sends the whole load, and applies the fault when `accepted` parts of it were accepted. */
export async function during(load: Load | OwnedLoad, accepted: number, fault: () => Promise<void>): Promise<void> {
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
