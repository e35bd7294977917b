import { type IncomingHttpHeaders } from 'node:http';
import { DeliveryRejectedError } from '../errors';
import { BODY_LIMIT_BYTES, payloadTooLarge } from './body-reader';
import { headerFault, readSvixHeaders } from './svix-headers';
import { isWebhookPath } from './webhook-paths';

/** A request without its body. */
export interface RequestHead {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
}

/**
 * Checks everything that can be checked before the body is read.
 * @throws DeliveryRejectedError
 */
export function checkHead({ method, url, headers, rawHeaders }: RequestHead): void {
  if (!isWebhookPath(url)) {
    throw new DeliveryRejectedError(404, 'not_found', 'Not found. Send webhooks to /webhooks/clerk.');
  }
  if (method !== 'POST') throw new DeliveryRejectedError(405, 'method_not_allowed', 'Send webhooks by POST.');
  const fault = headerFault(readSvixHeaders(rawHeaders));
  if (fault !== undefined) {
    const detail = 'Send each of the headers svix-id, svix-timestamp and svix-signature once, and well-formed.';
    throw new DeliveryRejectedError(400, fault, detail);
  }
  if (!/^application\/json\s*(?:;|$)/i.test(headers['content-type'] ?? '')) {
    throw new DeliveryRejectedError(415, 'unsupported_media_type', 'The content type must be application/json.');
  }
  if (!['identity', ''].includes(headers['content-encoding']?.toLowerCase() ?? '')) {
    const detail = 'The body must not be compressed: the signature covers its bytes.';
    throw new DeliveryRejectedError(415, 'unsupported_encoding', detail);
  }
  if (Number(headers['content-length'] ?? 0) > BODY_LIMIT_BYTES) throw payloadTooLarge();
}
