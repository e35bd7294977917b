import { UploadBrokenOffError } from '../../errors';

/**
 * Cuts a stream into parts of `size` bytes; the last one may be shorter. Holds one part in memory. If the stream breaks
 * off, yields what has arrived, so that an upload can continue there.
 * @throws UploadBrokenOffError after the last part, when the stream has broken off
 */
export async function* partsOf(bytes: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  let pending: Buffer[] = [];
  let length = 0;
  let broken: UploadBrokenOffError | undefined;
  const chunks = bytes[Symbol.asyncIterator]();
  for (;;) {
    let next: IteratorResult<Buffer>;
    try {
      next = await chunks.next();
    } catch (cause) {
      broken = new UploadBrokenOffError({ cause });
      break;
    }
    if (next.done === true) break;
    pending.push(next.value);
    length += next.value.length;
    while (length >= size) {
      const all = Buffer.concat(pending);
      yield all.subarray(0, size);
      pending = [all.subarray(size)];
      length -= size;
    }
  }
  if (length > 0) yield Buffer.concat(pending);
  if (broken !== undefined) throw broken;
}
