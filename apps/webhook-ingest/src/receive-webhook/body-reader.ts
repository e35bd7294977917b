import { type Readable } from 'node:stream';
import { METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Gauge, type Registry } from 'prom-client';
import { type WebhookIngestConfig } from '../config';
import { DeliveryRejectedError, OverloadedError } from '../errors';
import { CONFIG } from '../tokens';

/** Maximum size of a body; Clerk sends no larger one. */
export const BODY_LIMIT_BYTES = 1024 * 1024;

/**
 * Body of one request. `release` subtracts the size of the body from the count of bytes in memory; a second call has no
 * effect.
 */
export interface ReadBody {
  readonly bytes: Buffer;
  readonly release: () => void;
}

/**
 * Reads request bodies and limits the bytes of all bodies that are being received or recorded. Counts bytes as they
 * arrive and not the declared length, because a sender can declare any length.
 */
@Injectable()
export class BodyReader {
  private heldBytes = 0;
  private readonly gauge: Gauge;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<WebhookIngestConfig, 'maxBufferedBytes'>,
    @Inject(METRICS) registry: Registry,
  ) {
    this.gauge = new Gauge({
      name: 'gatehouse_ingest_buffered_bytes',
      help: 'Bytes of bodies that are being received or recorded, limited by MAX_BUFFERED_BYTES.',
      registers: [registry],
    });
  }

  /**
   * Reads the body of one request.
   * @throws OverloadedError when this body would bring all bodies in memory together above their limit
   * @throws DeliveryRejectedError when the body is too large or incomplete
   */
  read(stream: Readable): Promise<ReadBody> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const stop = () => stream.off('data', take).off('end', end).off('error', abort).off('close', abort);
      const fail = (error: Error) => {
        stop();
        // Discards the rest of the body. Without a listener, an error of the stream would end the process.
        stream.on('error', () => undefined).resume();
        this.hold(-length);
        reject(error);
      };
      const take = (chunk: Buffer) => {
        if (length + chunk.length > BODY_LIMIT_BYTES) return fail(payloadTooLarge());
        if (this.heldBytes + chunk.length > this.config.maxBufferedBytes) return fail(new OverloadedError());
        length += chunk.length;
        this.hold(chunk.length);
        chunks.push(chunk);
      };
      const end = () => {
        stop();
        resolve({ bytes: Buffer.concat(chunks), release: this.releaseOnce(length) });
      };
      const abort = () =>
        fail(new DeliveryRejectedError(400, 'body_incomplete', 'The body ended before it was complete.'));
      stream.on('data', take).on('end', end).on('error', abort).on('close', abort);
    });
  }

  private releaseOnce(length: number): () => void {
    let left = length;
    return () => {
      this.hold(-left);
      left = 0;
    };
  }

  private hold(bytes: number): void {
    this.heldBytes += bytes;
    this.gauge.set(this.heldBytes);
  }
}

/** Refusal of a body that is larger than `BODY_LIMIT_BYTES`. */
export function payloadTooLarge(): DeliveryRejectedError {
  return new DeliveryRejectedError(413, 'payload_too_large', `The body is larger than ${BODY_LIMIT_BYTES} bytes.`);
}
