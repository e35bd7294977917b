const CLOSE = 0x8;
const OPCODE = 0xf;
const MASKED = 0x80;
const LENGTH = 0x7f;
const MASK_BYTES = 4;

/**
 * Follows the frames in one direction of a WebSocket, so that the gate can send a frame of its own between two of them.
 * Reads only the headers of frames, and keeps no bytes.
 * @see https://www.rfc-editor.org/rfc/rfc6455#section-5.2
 */
export class Frames {
  /** Number of bytes of the current header that have passed; 0 between frames and within a payload. */
  private position = 0;
  /** Number of bytes of the current header, and of its extended length: known after its second byte. */
  private headerBytes = 0;
  private lengthBytes = 0;
  /** Length of the payload, as far as the header has passed. */
  private length = 0;
  /** Bytes of the payload that have not passed yet. */
  private left = 0;
  private closing = false;

  /** Notes bytes that pass. */
  pass(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.left === 0) this.readHeader(bytes[at++] ?? 0);
      else {
        const passing = Math.min(this.left, bytes.length - at);
        this.left -= passing;
        at += passing;
      }
    }
  }

  /** Whether a close frame has begun. No frame may follow it. */
  get isClosing(): boolean {
    return this.closing;
  }

  /** Whether another frame may follow: the last one is complete, and was no close frame. */
  get mayFollow(): boolean {
    return this.position === 0 && this.left === 0 && !this.closing;
  }

  private readHeader(byte: number): void {
    const { position } = this;
    this.position += 1;
    if (position === 0) {
      if ((byte & OPCODE) === CLOSE) this.closing = true;
      return;
    }
    if (position === 1) {
      const length = byte & LENGTH;
      this.lengthBytes = length === 126 ? 2 : length === 127 ? 8 : 0;
      this.headerBytes = 2 + this.lengthBytes + ((byte & MASKED) === 0 ? 0 : MASK_BYTES);
      this.length = this.lengthBytes === 0 ? length : 0;
    } else if (position < 2 + this.lengthBytes) {
      this.length = this.length * 256 + byte;
    }
    if (this.position < this.headerBytes) return;
    this.position = 0;
    this.left = this.length;
  }
}
