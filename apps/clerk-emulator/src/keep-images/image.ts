/** Types of images that users can upload. */
type ImageType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';

/** An uploaded image. */
export interface StoredImage {
  readonly id: string;
  readonly type: ImageType;
  readonly bytes: Buffer;
}

/** The type of an image by its first bytes, whatever its sender calls it; undefined for anything else. */
export function imageTypeOf(bytes: Buffer): ImageType | undefined {
  const start = bytes.toString('latin1', 0, 12);
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (start.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (/^GIF8[79]a/.test(start)) return 'image/gif';
  if (/^RIFF.{4}WEBP/s.test(start)) return 'image/webp';
  return undefined;
}
