import { ImportUnreadableError } from '../../errors';

/**
 * Decodes UTF-8. Removes a byte order mark at the start.
 * @throws ImportUnreadableError when the bytes are not UTF-8
 */
export async function* decodeText(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Uint8Array) => {
    try {
      return utf8.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw new ImportUnreadableError('The file is not UTF-8.');
    }
  };
  for await (const chunk of chunks) {
    const text = decode(chunk);
    if (text !== '') yield text;
  }
  decode();
}
