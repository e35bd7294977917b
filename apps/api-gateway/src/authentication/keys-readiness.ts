import { type KeySource } from '@gatehouse/auth';
import { type ReadinessCheck } from '@gatehouse/observability';

/** Ready when at least one of Clerk's keys is at hand; fetches them when none is. */
export function keysReadiness(keys: KeySource): ReadinessCheck {
  return { name: 'clerk-keys', check: () => keys.load() };
}
