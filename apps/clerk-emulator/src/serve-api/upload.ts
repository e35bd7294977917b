/** Clerk's limit for an image. */
export const UPLOAD_LIMIT_BYTES = 10 * 1_048_576;

/** True for a route that takes an image. */
export function takesUpload(route: string | undefined): boolean {
  return route?.endsWith('/profile_image') ?? false;
}

/**
 * Fields of a form with files, in which a file is a buffer. Of a repeated field, the last value.
 * @param contentType with the boundary of the form
 * @throws TypeError when the body is not such a form
 */
export async function parseUpload(body: Buffer, contentType: string): Promise<Record<string, string | Buffer>> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  const fields: Record<string, string | Buffer> = {};
  for (const [name, value] of form) {
    fields[name] = typeof value === 'string' ? value : Buffer.from(await value.arrayBuffer());
  }
  return fields;
}

/** An image as Clerk's scripts send one that they have as a text: a data URL, or base64 alone. */
export function parseBase64(text: string): { readonly file: Buffer } {
  return { file: Buffer.from(text.replace(/^data:[^,]*,/, ''), 'base64') };
}
