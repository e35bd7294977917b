import { type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { BodyIncompleteError, BodyTooLargeError, BodyTooSlowError } from '../../upstream-errors';

const BUFFERED_BYTES = 64 * 1024;
const CHECK_MS = 5_000;
/** Time for which a client may be slower than the minimum rate, again and again; milliseconds. */
const GRACE_MS = 30_000;
/** Minimum rate of a client, without the time in which the upstream takes nothing; bytes per second. As in Kestrel. */
const MIN_RATE = 240;

/** Limits of one upload. */
interface UploadLimits {
  readonly maxBodyBytes: number;
  readonly maxMs: number;
}

/**
 * Body of a request on its way to an upstream. Reads from the client as fast as the upstream takes it. Its end is held
 * back until `mayEnd` resolves; after a rejection the upstream gets an unfinished request.
 *
 * An upload keeps a connection to the upstream, so it must not last for ever: neither in all, nor because its client sends
 * a byte now and then.
 */
export class StreamedUpload extends Readable {
  /** Why the body cannot be sent: what the client gets if the response has not begun. */
  fault: Error | undefined;
  private received = 0;
  private readonly declared: number;
  /** The last chunk of a body with a declared length: with it, the upstream would have the whole request. */
  private last: Buffer | undefined;
  private openMs = 0;
  /** Time in which the client could send, since its rate was last checked; milliseconds. */
  private waitedMs = 0;
  /** Bytes that have come since then. */
  private recent = 0;
  private readonly timer = setInterval(() => this.check(), CHECK_MS).unref();

  constructor(
    private readonly request: IncomingMessage,
    private readonly limits: UploadLimits,
    private readonly mayEnd: () => Promise<unknown>,
  ) {
    super({ highWaterMark: BUFFERED_BYTES });
    this.declared = Number(request.headers['content-length'] ?? -1);
    // It can be broken off when nobody reads it any more. Without a listener, the error would end the process.
    this.on('error', ignore);
    request
      .on('data', this.receive)
      .on('end', this.finish)
      .on('error', this.breakOff)
      .on('close', this.breakOff)
      .pause();
  }

  override _read(): void {
    this.request.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const { request } = this;
    clearInterval(this.timer);
    request.off('data', this.receive).off('end', this.finish).off('error', this.breakOff).off('close', this.breakOff);
    // Discards the rest. Without a listener, an error would end the process.
    request.on('error', ignore).resume();
    callback(error);
  }

  private readonly receive = (chunk: Buffer): void => {
    this.received += chunk.length;
    this.recent += chunk.length;
    const { maxBodyBytes } = this.limits;
    if (this.received > maxBodyBytes) return this.fail(new BodyTooLargeError(maxBodyBytes / 1024 ** 2));
    if (this.received === this.declared) this.last = chunk;
    else if (!this.push(chunk)) this.request.pause();
  };

  private check(): void {
    this.openMs += CHECK_MS;
    if (!this.request.isPaused()) this.waitedMs += CHECK_MS;
    const isDue = this.waitedMs > GRACE_MS;
    const isSlow = isDue && this.recent < (this.waitedMs / 1_000) * MIN_RATE;
    if (isSlow || this.openMs > this.limits.maxMs) return this.fail(new BodyTooSlowError());
    // What a client sent fast must not let it be slow for hours.
    if (isDue) this.waitedMs = this.recent = 0;
  }

  private readonly finish = (): void => {
    clearInterval(this.timer);
    this.mayEnd().then(
      () => {
        if (this.last !== undefined) this.push(this.last);
        this.push(null);
      },
      (error: Error) => this.fail(error),
    );
  };

  private readonly breakOff = (): void => {
    if (!this.request.readableEnded) this.fail(new BodyIncompleteError());
  };

  private fail(fault: Error): void {
    this.fault = fault;
    this.destroy(fault);
  }
}

function ignore(): void {
  // The request ends anyway.
}
