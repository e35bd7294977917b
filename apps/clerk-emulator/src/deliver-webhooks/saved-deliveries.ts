import { z } from 'zod';
import { savedRecord } from '../persist-state/saved-state';
import { type Delivery } from './delivery';

const delivery = savedRecord<Delivery>({
  id: z.string(),
  message_id: z.string(),
  url: z.url(),
  type: z.string(),
  body: z.string(),
  status: z.literal('pending'),
  attempts: z.array(z.looseObject({})),
  failures: z.number(),
});

/** Field of the state file that holds the pending deliveries. */
export const savedDeliveries = z.object({ deliveries: z.array(delivery) });

/**
 * Adds the fields that a delivery lacks when an older version of the emulator saved it. Faults and endpoint ids were
 * added later.
 */
export function withDefaults(saved: Delivery): Delivery {
  return { ...{ endpoint_id: '', note: null, fault_kinds: [], hold: null, attempt_faults: [] }, ...saved };
}
