import { type Readable } from 'node:stream';
import { DeliveryRefusedError, OverloadedError } from '../errors';
import { BODY_LIMIT } from './body-limit';
import { tooLarge } from './judge-head';

/** Body of one request; `release` gives its bytes back to the bound, once. */
export interface ReadBody {
  readonly bytes: Buffer;
  readonly release: () => void;
}

/**
 * Reads bodies, and bounds the bytes of all that are being read or recorded. They count as they arrive: a declared length
 * costs its sender nothing.
 */
export class BodyReader {
  private held = 0;

  constructor(
    private readonly maxBytes: number,
    private readonly observe: (heldBytes: number) => void,
  ) {}

  /** Throws OverloadedError, or DeliveryRefusedError when the body is too large or ends too soon. */
  read(stream: Readable): Promise<ReadBody> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const stop = () => stream.off('data', take).off('end', end).off('error', abort).off('close', abort);
      const fail = (error: Error) => {
        stop();
        // What still comes is dropped; without a listener an error would end the process.
        stream.on('error', () => undefined).resume();
        this.hold(-length);
        reject(error);
      };
      const take = (chunk: Buffer) => {
        if (length + chunk.length > BODY_LIMIT) return fail(tooLarge());
        if (this.held + chunk.length > this.maxBytes) return fail(new OverloadedError());
        length += chunk.length;
        this.hold(chunk.length);
        chunks.push(chunk);
      };
      const end = () => {
        stop();
        resolve({ bytes: Buffer.concat(chunks), release: this.releasing(length) });
      };
      const abort = () =>
        fail(new DeliveryRefusedError(400, 'body_incomplete', 'The body ended before it was complete.'));
      stream.on('data', take).on('end', end).on('error', abort).on('close', abort);
    });
  }

  private releasing(length: number): () => void {
    let left = length;
    return () => {
      this.hold(-left);
      left = 0;
    };
  }

  private hold(bytes: number): void {
    this.held += bytes;
    this.observe(this.held);
  }
}
