import { type IncomingMessage } from 'node:http';
import { DeliveryRejectedError } from '../errors';
import { type SvixHeaders, headerFault, readSvixHeaders } from './svix-headers';
import { webhookPath } from './webhook-paths';

/**
 * Checks everything that can be checked before the body is read, except its declared length, which the edge checks.
 * Returns the Svix headers. The timestamp is checked after the signature; see `verifySignature`.
 * @throws DeliveryRejectedError
 */
export function checkHead({ method, url = '', headers, rawHeaders }: IncomingMessage): SvixHeaders {
  if (webhookPath(url) === undefined) {
    throw new DeliveryRejectedError(404, 'not_found', 'Not found. Send webhooks to /webhooks/clerk.');
  }
  if (method !== 'POST') throw new DeliveryRejectedError(405, 'method_not_allowed', 'Send webhooks by POST.');
  const svix = readSvixHeaders(rawHeaders);
  const fault = headerFault(svix);
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
  return svix;
}
