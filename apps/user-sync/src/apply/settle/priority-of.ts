import { type Lane } from '../../clerk/priority';
import { type Source } from '../observation/observation';

/** How urgent it is to ask about an observation from this source. */
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
