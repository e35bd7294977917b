import { type IncomingMessage } from 'node:http';
import { type ByteBudget } from './byte-budget';
import { type Rejection, RequestRejectedError, bodyTooLarge, rejections } from './rejection';

/** A body that is being read, or was. Its bytes count against the budget until `release` is called. */
export class BodyRead {
  /** @throws RequestRejectedError when the body is too large, incomplete or too slow, or the budget is used up */
  readonly bytes: Promise<Buffer>;
  private held = 0;
  private received: Buffer | undefined;
  private fails: ((rejection: Rejection) => void) | undefined;

  constructor(
    private readonly request: IncomingMessage,
    private readonly limitBytes: number,
    private readonly budget: ByteBudget,
  ) {
    this.bytes = new Promise((resolve, reject) => this.read(resolve, reject));
  }

  /** The body, when it was read. */
  get whole(): Buffer | undefined {
    return this.received;
  }

  /** Ends the reading with a rejection; does nothing when the body was read. */
  fail(rejection: Rejection): void {
    this.fails?.(rejection);
  }

  /** Gives the bytes back to the budget. A second call has no effect. */
  release(): void {
    this.budget.giveBack(this.held);
    this.held = 0;
  }

  private read(resolve: (bytes: Buffer) => void, reject: (error: RequestRejectedError) => void): void {
    const { request } = this;
    const chunks: Buffer[] = [];
    const stop = () => {
      this.fails = undefined;
      request.off('data', take).off('end', end).off('error', abort).off('close', abort);
    };
    const fail = (rejection: Rejection) => {
      stop();
      // Discards the rest of the body. Without a listener, an error of the stream would end the process.
      request.on('error', () => undefined).resume();
      this.release();
      reject(new RequestRejectedError(rejection));
    };
    // Counts bytes as they arrive: a sender can declare any length, or none.
    const take = (chunk: Buffer) => {
      if (this.held + chunk.length > this.limitBytes) return fail(bodyTooLarge(this.limitBytes));
      if (!this.budget.take(chunk.length)) return fail(rejections.overloaded);
      this.held += chunk.length;
      chunks.push(chunk);
    };
    const end = () => {
      stop();
      this.received = Buffer.concat(chunks);
      resolve(this.received);
    };
    const abort = () => fail(rejections.incomplete);
    this.fails = fail;
    if (request.destroyed) return abort();
    request.on('data', take).on('end', end).on('error', abort).on('close', abort);
  }
}
