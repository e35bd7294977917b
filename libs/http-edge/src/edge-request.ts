import { IncomingMessage } from 'node:http';
import { type Exchange } from './exchange';

/** A request of an edge. Its exchange is a field of the class, because a property that is added later is slower. */
export class EdgeRequest extends IncomingMessage {
  exchange: Exchange | undefined = undefined;
}

/** The exchange of a request that was handed over; undefined for a request of another server. */
export function exchangeOf(request: IncomingMessage): Exchange | undefined {
  return request instanceof EdgeRequest ? request.exchange : undefined;
}
