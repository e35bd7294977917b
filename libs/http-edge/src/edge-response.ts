import { type IncomingMessage, ServerResponse } from 'node:http';
import { exchangeOf } from './edge-request';

/** A response of an edge. */
export class EdgeResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  private isGathered = false;
  private isEnding = false;

  /** Lets the response end together with the other responses of the turn of the event loop in which `end` is called. */
  gather(): void {
    this.isGathered = true;
  }

  override end(chunk?: unknown, encoding?: unknown, done?: unknown): this {
    if (this.isEnding) return this;
    const exchange = exchangeOf(this.req);
    const isWhole = chunk == null || typeof chunk === 'string' || Buffer.isBuffer(chunk);
    if (this.isGathered && isWhole && encoding == null && done == null && exchange !== undefined) {
      this.isEnding = true;
      // Fastify gives a response to HEAD a body where no route matches, and Node throws.
      exchange.end(this.req.method === 'HEAD' ? '' : (chunk ?? ''));
      return this;
    }
    return super.end(chunk, encoding as BufferEncoding, done as () => void);
  }

  /** Ends the response at once. */
  endNow(lastBytes: string | Buffer): void {
    this.isEnding = false;
    if (lastBytes.length > 0) super.end(lastBytes);
    else super.end();
  }
}
