import { type Schemas } from '@gatehouse/client';

/** How many gateways apply a change of trust, in words. Null stands for no change. */
export function reached(propagation: Schemas['ChangedUser']['propagation']): string {
  if (propagation === null) return 'nothing has changed';
  return `${propagation.acknowledged + propagation.expired} of ${propagation.gateways} gateways apply it`;
}
