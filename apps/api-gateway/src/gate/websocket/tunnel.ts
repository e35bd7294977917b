import { type Socket } from 'node:net';
import { type GateEnd } from '../open-streams/stream-end';
import { closeFrame } from './close-frame';
import { Direction } from './direction';

/** An end of a tunnel. */
type End = 'client' | 'upstream';

/** What a tunnel tells its owner. Each is called at most once. */
interface TunnelHooks {
  /** One end has closed the WebSocket, or its connection has ended. */
  ended(by: End): void;
  /** One end reads nothing of what was sent. The owner closes the tunnel. */
  stalled(): void;
}

/** Time in which the other end must close its connection after one end has; milliseconds. */
const CLOSING_MS = 2_000;
/** Time after which an end that reads nothing of what was sent is given up; milliseconds. */
const STALL_MS = 60_000;
/** Idle time after which the kernel asks whether the other end is still there; milliseconds. */
const PROBE_MS = 30_000;

/**
 * Passes the bytes of a WebSocket between client and upstream. An idle WebSocket stays open as long as both ends answer
 * the probes of TCP.
 */
export class Tunnel {
  private readonly up: Direction;
  private readonly down: Direction;
  private first: End | undefined;
  private isStalled = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly client: Socket,
    private readonly upstream: Socket,
    private readonly hooks: TunnelHooks,
  ) {
    this.up = new Direction(client, upstream, () => this.note('client'));
    this.down = new Direction(upstream, client, () => this.note('upstream'));
    this.watch(client, upstream, 'client');
    this.watch(upstream, client, 'upstream');
  }

  /** Bytes from client to upstream, without those of the handshake. */
  get bytesUp(): number {
    return this.up.bytes;
  }

  /** Bytes from upstream to client, without those of the handshake. */
  get bytesDown(): number {
    return this.down.bytes;
  }

  /** Passes nothing on until `release`. */
  hold(): void {
    this.up.hold();
    this.down.hold();
  }

  /** Goes on after `hold`. */
  release(): void {
    this.up.release();
    this.down.release();
  }

  /** Closes both connections, if possible with a close frame. */
  close(reason: GateEnd): void {
    this.up.close(closeFrame(reason, 'server'));
    this.down.close(closeFrame(reason, 'client'));
    this.closeSoon();
  }

  private watch(socket: Socket, other: Socket, end: End): void {
    socket
      .setNoDelay(true)
      .setKeepAlive(true, PROBE_MS)
      .setTimeout(STALL_MS)
      .on('timeout', () => {
        if (socket.writableLength > 0) this.stall();
      })
      .on('error', () => undefined)
      .once('end', () => this.ended(end))
      .once('close', () => {
        this.ended(end);
        if (other.destroyed) clearTimeout(this.timer);
        else other.end();
      });
  }

  /** Notes which end was the first to close the WebSocket. */
  private note(end: End): void {
    this.first ??= end;
  }

  private ended(end: End): void {
    if (this.timer !== undefined) return;
    this.closeSoon();
    this.hooks.ended(this.first ?? end);
  }

  private stall(): void {
    if (this.isStalled) return;
    this.isStalled = true;
    this.hooks.stalled();
  }

  private closeSoon(): void {
    this.timer ??= setTimeout(() => {
      this.client.destroy();
      this.upstream.destroy();
    }, CLOSING_MS).unref();
  }
}
