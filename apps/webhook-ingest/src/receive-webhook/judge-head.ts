import { type IncomingHttpHeaders } from 'node:http';
import { DeliveryRefusedError } from '../errors';
import { BODY_LIMIT } from './body-limit';
import { readSvixHeaders } from './svix-headers';
import { headerFault } from './verify-signature';
import { isWebhookPath } from './webhook-paths';

/** What is known of a request before its body. */
export interface RequestHead {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
}

/**
 * Refuses a request that its head alone condemns, so that nobody's body is read for nothing. Throws DeliveryRefusedError.
 */
export function judgeHead({ method, url, headers, rawHeaders }: RequestHead): void {
  if (!isWebhookPath(url)) throw new DeliveryRefusedError(404, 'not_found', 'Webhooks are taken at /webhooks/clerk.');
  if (method !== 'POST') throw new DeliveryRefusedError(405, 'method_not_allowed', 'Webhooks are sent by POST.');
  const fault = headerFault(readSvixHeaders(rawHeaders));
  if (fault !== undefined) {
    const detail = 'The headers svix-id, svix-timestamp and svix-signature are each required once, and well-formed.';
    throw new DeliveryRefusedError(400, fault, detail);
  }
  if (!/^application\/json\s*(?:;|$)/i.test(headers['content-type'] ?? '')) {
    throw new DeliveryRefusedError(415, 'unsupported_media_type', 'The content type must be application/json.');
  }
  if (!['identity', ''].includes(headers['content-encoding']?.toLowerCase() ?? '')) {
    throw new DeliveryRefusedError(
      415,
      'unsupported_encoding',
      'The body must not be compressed: its bytes are signed.',
    );
  }
  if (Number(headers['content-length'] ?? 0) > BODY_LIMIT) throw tooLarge();
}

/** A body is larger than any of Clerk's. */
export function tooLarge(): DeliveryRefusedError {
  return new DeliveryRefusedError(413, 'payload_too_large', `The body is larger than ${BODY_LIMIT} bytes.`);
}
