import { type Gatehouse } from '../gatehouse';
import { type LiveOptions } from './live-options';
import { LiveUpdates } from './live-updates';

/**
 * Brings the caller's own changes as they happen, until it is stopped. Reconnects and resumes by itself.
 * @throws OptionInvalidError
 * @example
 *   const live = followChanges(gatehouse, { onReset: () => fetchAll(), onChange: (change) => apply(change) });
 */
export function followChanges(gatehouse: Pick<Gatehouse, 'openStream'>, options: LiveOptions): LiveUpdates {
  return new LiveUpdates(gatehouse, options);
}
