import { type Rejection, rejections } from './rejection';

const FAULTS: ReadonlyMap<string | undefined, Rejection> = new Map<string, Rejection>([
  ['ERR_HTTP_REQUEST_TIMEOUT', rejections.tooSlow],
  ['HPE_HEADER_OVERFLOW', rejections.headersTooLarge],
]);

/** The rejection for an error code of Node's parser. */
export function unreadableFault(code: string | undefined): Rejection {
  return FAULTS.get(code) ?? rejections.unreadable;
}
