/** A frame of a WebSocket. */
interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
}

export const TEXT = 1;
export const CLOSE = 8;

/** Writes a frame whose payload is shorter than 64 KiB. Frames of clients are masked. */
export function frame(opcode: number, payload: string | Buffer, isMasked = false): Buffer {
  const bytes = Buffer.from(payload);
  const short = bytes.length < 126 ? bytes.length : 126;
  const extended = short === 126 ? Buffer.of(bytes.length >> 8, bytes.length & 255) : Buffer.alloc(0);
  const head = Buffer.concat([Buffer.of(0x80 | opcode, (isMasked ? 0x80 : 0) | short), extended]);
  if (!isMasked) return Buffer.concat([head, bytes]);
  const mask = Buffer.of(1, 2, 3, 4);
  return Buffer.concat([head, mask, bytes.map((byte, index) => byte ^ (mask[index % 4] ?? 0))]);
}

/** Reads frames from a stream of bytes. */
export class FrameReader {
  private rest = Buffer.alloc(0);

  /** Bytes of a frame that is not complete. */
  get pending(): number {
    return this.rest.length;
  }

  /** Returns the frames that are complete now. */
  read(chunk: Buffer): Frame[] {
    this.rest = Buffer.concat([this.rest, chunk]);
    const frames: Frame[] = [];
    for (let next = this.next(); next !== undefined; next = this.next()) frames.push(next);
    return frames;
  }

  private next(): Frame | undefined {
    const { rest } = this;
    if (rest.length < 2) return undefined;
    const [first = 0, second = 0] = rest;
    const isMasked = (second & 0x80) !== 0;
    const isLong = (second & 0x7f) === 126;
    const start = 2 + (isLong ? 2 : 0) + (isMasked ? 4 : 0);
    if (rest.length < start) return undefined;
    const length = isLong ? rest.readUInt16BE(2) : second & 0x7f;
    if (rest.length < start + length) return undefined;
    const mask = rest.subarray(start - 4, start);
    const bytes = rest.subarray(start, start + length);
    this.rest = rest.subarray(start + length);
    const payload = isMasked ? Buffer.from(bytes.map((byte, index) => byte ^ (mask[index % 4] ?? 0))) : bytes;
    return { opcode: first & 0xf, payload };
  }
}
