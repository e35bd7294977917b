/**
 * Decodes unpadded base64url, canonical form only: no padding, white space, foreign letters, nor unused bits that are
 * set, so that no two texts mean the same bytes. Undefined otherwise.
 * @see https://www.rfc-editor.org/rfc/rfc4648#section-3.5
 */
export function decodeBase64Url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
