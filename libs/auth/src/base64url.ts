/**
 * Decodes base64url. Accepts only the canonical text of the bytes, so that no two texts decode to the same bytes.
 * @returns undefined for a text with padding, characters outside the alphabet, or unused bits that are not zero
 * @see https://www.rfc-editor.org/rfc/rfc4648#section-3.5
 */
export function decodeBase64Url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
