import { type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { BodyIncompleteError, BodyTooLargeError } from '../../errors';

const BUFFERED_BYTES = 64 * 1024;

/**
 * Body of a request on its way to an upstream. Reads from the client as fast as the upstream takes it. Its end is held
 * back until `mayEnd` resolves; after a rejection the upstream gets an unfinished request.
 */
export class StreamedUpload extends Readable {
  /** Why the body cannot be sent: what the client gets if the response has not begun. */
  fault: Error | undefined;
  private received = 0;
  private readonly declared: number;
  /** The last chunk of a body with a declared length: with it, the upstream would have the whole request. */
  private last: Buffer | undefined;

  constructor(
    private readonly request: IncomingMessage,
    private readonly maxBytes: number,
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
    request.off('data', this.receive).off('end', this.finish).off('error', this.breakOff).off('close', this.breakOff);
    // Discards the rest. Without a listener, an error would end the process.
    request.on('error', ignore).resume();
    callback(error);
  }

  private readonly receive = (chunk: Buffer): void => {
    this.received += chunk.length;
    if (this.received > this.maxBytes) return this.fail(new BodyTooLargeError(this.maxBytes / 1024 ** 2));
    if (this.received === this.declared) this.last = chunk;
    else if (!this.push(chunk)) this.request.pause();
  };

  private readonly finish = (): void => {
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
