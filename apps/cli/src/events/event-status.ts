import { type Style } from '../output/table';

/** Status of an event. */
export const eventStatuses = ['pending', 'processing', 'success', 'failed', 'invalid', 'ignored'] as const;

/** Status of an event. */
export type EventStatus = (typeof eventStatuses)[number];

const STYLES: Readonly<Record<string, Style>> = { success: 'green', failed: 'red', invalid: 'red', ignored: 'dim' };

/** How an event is shown. */
export function styleOf({ status }: { readonly status: string }): Style | undefined {
  return STYLES[status];
}
