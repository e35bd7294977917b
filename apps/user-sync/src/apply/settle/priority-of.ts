import { type Priority } from '../../clerk/priority';
import { type Source } from '../observation/observation';

/** Priority of requests to Clerk for observations from this source. */
export function priorityOf(source: Source): Priority {
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
