/**
 * Decodes unpadded base64url in its canonical form, so that no two texts decode to the same bytes. Returns undefined for
 * padding, white space, other characters and set bits beyond the last byte.
 * @see https://www.rfc-editor.org/rfc/rfc4648#section-3.5
 */
export function decodeBase64Url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
