import { type IncomingMessage } from 'node:http';
import { type ByteBudget } from './byte-budget';
import { type Rejection, RequestRejectedError, bodyTooLarge, rejections } from './rejection';

/** Smallest buffer of a body whose length is not declared to be less; bytes. */
const FIRST_BYTES = 4_096;
const NOTHING = Buffer.alloc(0);

/**
 * A body that is being read, or was. Its buffer counts against the budget until `release` is called.
 *
 * Chunks are copied into one buffer that doubles: kept as they arrive, a body in chunks of one byte would take a thousand
 * times its length. The declared length only limits the buffer, because whoever declares it may never send it.
 */
export class BodyRead {
  /** @throws RequestRejectedError when the body is too large, incomplete or too slow, or the budget is used up */
  readonly bytes: Promise<Buffer>;
  private held = 0;
  private buffer = NOTHING;
  private length = 0;
  private received: Buffer | undefined;
  private fails: ((rejection: Rejection) => void) | undefined;

  constructor(
    private readonly request: IncomingMessage,
    private readonly limitBytes: number,
    private readonly budget: ByteBudget,
    private readonly holder?: string,
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
    this.budget.giveBack(this.held, this.holder);
    this.held = 0;
  }

  private read(resolve: (bytes: Buffer) => void, reject: (error: RequestRejectedError) => void): void {
    const { request } = this;
    const stop = () => {
      this.fails = undefined;
      request.off('data', take).off('end', end).off('error', abort).off('close', abort);
    };
    const fail = (rejection: Rejection) => {
      stop();
      // Discards the rest of the body. Without a listener, an error of the stream would end the process.
      request.on('error', () => undefined).resume();
      this.buffer = NOTHING;
      this.release();
      reject(new RequestRejectedError(rejection));
    };
    // Counts bytes as they arrive: a sender can declare any length, or none.
    const take = (chunk: Buffer) => {
      const needed = this.length + chunk.length;
      if (needed > this.limitBytes) return fail(bodyTooLarge(this.limitBytes));
      if (needed > this.buffer.length && !this.grow(needed)) return fail(rejections.overloaded);
      chunk.copy(this.buffer, this.length);
      this.length = needed;
    };
    const end = () => {
      stop();
      this.received = this.buffer.subarray(0, this.length);
      resolve(this.received);
    };
    const abort = () => fail(rejections.incomplete);
    this.fails = fail;
    if (request.destroyed) return abort();
    request.on('data', take).on('end', end).on('error', abort).on('close', abort);
  }

  /** Makes room for at least `needed` bytes. Returns false when the budget does not allow it. */
  private grow(needed: number): boolean {
    const declared = Number(this.request.headers['content-length'] ?? this.limitBytes);
    const doubled = Math.min(Math.max(2 * this.buffer.length, FIRST_BYTES), declared, this.limitBytes);
    const size = Math.max(needed, doubled);
    if (!this.budget.take(size - this.buffer.length, this.holder)) return false;
    this.held += size - this.buffer.length;
    const larger = Buffer.allocUnsafeSlow(size);
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
    return true;
  }
}
