import { setImmediate } from 'node:timers';
import { type Exchange } from './exchange';

/**
 * Ends responses at the end of the turn of the event loop, one directly after the other. The first wakes whoever reads
 * them, which costs as much as a whole decision of the gate; a reader that is awake need not be woken for the others.
 */
export class EndOfTurn {
  private exchanges: Exchange[] = [];

  /** @param end ends the response of an exchange; must not throw */
  constructor(private readonly end: (exchange: Exchange) => void) {}

  /** Ends the response of an exchange when all events of this turn have been handled. */
  add(exchange: Exchange): void {
    if (this.exchanges.push(exchange) === 1) setImmediate(() => this.endAll());
  }

  private endAll(): void {
    const { exchanges } = this;
    this.exchanges = [];
    for (const exchange of exchanges) this.end(exchange);
  }
}
