import { type Socket } from 'node:net';
import { Frames } from './frames';

/**
 * One direction of a tunnel: passes bytes on as fast as the other end reads them. Holds at most what the two sockets
 * buffer.
 */
export class Direction {
  /** Number of bytes that have passed. */
  bytes = 0;
  private readonly frames = new Frames();
  private isHeld = false;
  /** Whether the other end has yet to read what was passed on. */
  private isFull = false;
  private isClosed = false;

  /** @param onClosing called when a close frame has begun */
  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly onClosing: () => void,
  ) {
    from.on('data', (chunk: Buffer) => this.pass(chunk)).on('end', () => to.end());
    to.on('drain', () => {
      this.isFull = false;
      this.flow();
    });
  }

  /** Passes nothing on until `release`. */
  hold(): void {
    this.isHeld = true;
    this.from.pause();
  }

  /** Goes on after `hold`. */
  release(): void {
    this.isHeld = false;
    this.flow();
  }

  /** Passes nothing on any more. Sends a last frame, unless a frame is incomplete or the last one was sent. */
  close(frame: Buffer): void {
    this.isClosed = true;
    if (this.frames.mayFollow) this.to.end(frame);
    else this.to.end();
    // Reads on, because a connection that is closed with unread bytes is reset, and the frame could be lost.
    this.from.resume();
  }

  private pass(chunk: Buffer): void {
    if (this.isClosed) return;
    this.bytes += chunk.length;
    this.frames.pass(chunk);
    if (this.frames.isClosing) this.onClosing();
    if (this.to.write(chunk)) return;
    this.isFull = true;
    this.from.pause();
  }

  private flow(): void {
    if (!this.isHeld && !this.isFull) this.from.resume();
  }
}
