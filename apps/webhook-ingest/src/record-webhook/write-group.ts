import {
  isDatabaseUnavailable,
  isQueryCanceled,
  isTransactionConflict,
  repeatOnConflict,
} from '@gatehouse/persistence';
import { type Logger } from 'pino';
import { LedgerUnavailableError } from '../errors';
import { type Delivery, type Recorded } from './delivery';
import { type Waiting } from './delivery-queue';

/** Records deliveries with different ids in one transaction. */
export type InsertDeliveries = (deliveries: readonly Delivery[]) => Promise<Map<string, Recorded>>;

const DUPLICATE: Recorded = { result: 'duplicate' };
const CONFLICT_ATTEMPTS = 3;

/**
 * Writes a group and answers each of its deliveries; never throws. If the group fails because of a row, writes the rows
 * one by one, so that an invalid row does not fail the others.
 */
export async function writeGroup(group: readonly Waiting[], insert: InsertDeliveries, log: Logger): Promise<void> {
  // Deliveries with the same id are recorded once; the later ones are duplicates of the first.
  const byId = groupById(group);
  try {
    await writeTogether(byId, insert);
  } catch (error) {
    log.error({ err: error, rows: byId.length }, 'recording a group of deliveries failed');
    if (byId.length === 1 || isOutage(error)) rejectAll(byId, error);
    else await writeOneByOne(byId, insert);
  }
}

function groupById(group: readonly Waiting[]): Waiting[][] {
  const byId = new Map<string, Waiting[]>();
  for (const entry of group) {
    const same = byId.get(entry.delivery.webhookId);
    if (same === undefined) byId.set(entry.delivery.webhookId, [entry]);
    else same.push(entry);
  }
  return [...byId.values()];
}

async function writeTogether(byId: readonly Waiting[][], insert: InsertDeliveries): Promise<void> {
  const deliveries = byId.flatMap(([first]) => (first === undefined ? [] : [first.delivery]));
  const recorded = await repeatOnConflict(() => insert(deliveries), isTransactionConflict, CONFLICT_ATTEMPTS);
  for (const [first, ...repeated] of byId) {
    first?.resolve(recorded.get(first.delivery.webhookId) ?? DUPLICATE);
    for (const { resolve } of repeated) resolve(DUPLICATE);
  }
}

async function writeOneByOne(byId: readonly Waiting[][], insert: InsertDeliveries): Promise<void> {
  for (const [index, same] of byId.entries()) {
    try {
      await writeTogether([same], insert);
    } catch (error) {
      // During an outage every row would fail, each after its own timeout. So the other rows are rejected at once.
      if (isOutage(error)) return rejectAll(byId.slice(index), error);
      rejectAll([same], error);
    }
  }
}

function rejectAll(byId: readonly Waiting[][], cause: unknown): void {
  for (const { reject } of byId.flat()) {
    reject(new LedgerUnavailableError('the database did not record the delivery', { cause }));
  }
}

function isOutage(error: unknown): boolean {
  return isDatabaseUnavailable(error) || isQueryCanceled(error);
}
