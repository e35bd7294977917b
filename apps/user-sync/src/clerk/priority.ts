import { type Source } from '../apply/observation/observation';

/** Why Clerk is asked, the most urgent first: somebody waits at a first login, and nobody for a walk over all users. */
export const lanes = ['first_login', 'conflict', 'write_back', 'reconcile'] as const;

/** Why Clerk is asked. */
export type Lane = (typeof lanes)[number];

/** How urgent it is to ask about a change from this source. */
export function laneOf(source: Source): Lane {
  switch (source) {
    case 'first_login':
      return 'first_login';
    case 'webhook':
    case 'conflict':
    case 'sync':
      return 'conflict';
    case 'reconcile':
    case 'confirmation':
      return 'reconcile';
  }
}
