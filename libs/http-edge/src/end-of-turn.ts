import { setImmediate } from 'node:timers';
import { type Exchange } from './exchange';

/**
 * Maximum number of responses that wait. In a turn with many requests, others would wait for the work of all requests
 * that come after them.
 */
const MAX_WAITING = 64;

/**
 * Ends responses at the end of the turn of the event loop, one directly after the other. The first wakes whoever reads
 * them, which costs as much as a whole decision of the gate; a reader that is awake need not be woken for the others.
 */
export class EndOfTurn {
  private exchanges: Exchange[] = [];

  /** @param end ends the response of an exchange; must not throw */
  constructor(private readonly end: (exchange: Exchange) => void) {}

  /** Ends the response of an exchange when all events of this turn have been handled, or when as many wait as may. */
  add(exchange: Exchange): void {
    const waiting = this.exchanges.push(exchange);
    if (waiting === 1) setImmediate(() => this.endAll());
    else if (waiting === MAX_WAITING) this.endAll();
  }

  private endAll(): void {
    const { exchanges } = this;
    this.exchanges = [];
    for (const exchange of exchanges) this.end(exchange);
  }
}
