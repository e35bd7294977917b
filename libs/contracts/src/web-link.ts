import { z } from 'zod';

const MAX_LENGTH = 512;
/** A user name in a URL: an `@` after `//`, before any slash, `?` or `#`. People take the user name for the host. */
const USER_INFO = /^[^/]*\/\/[^/?#]*@/;

/**
 * An absolute https URL for display as a link, at most 512 characters. Rejects user names
 * (`https://paypal.com@evil.example/`), backslashes, white space and control characters, because people read such links
 * differently than browsers do.
 */
export const webLinkSchema = z
  .url({ protocol: /^https$/, error: 'is not an absolute https URL', abort: true })
  .max(MAX_LENGTH)
  .refine((link) => /^https:\/\/[^/]/i.test(link), 'does not begin with https:// and a host')
  .refine((link) => !USER_INFO.test(link), 'must not hold a user name or password')
  .refine((link) => !/[\\\s\p{Cc}\p{Cf}]/u.test(link), 'must not hold backslashes, white space or control characters');
