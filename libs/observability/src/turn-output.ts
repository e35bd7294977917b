import { type DestinationStream } from 'pino';

/** Where lines go, gathered or at once. */
interface GatheringStream extends DestinationStream {
  /** Writes what was gathered; returns when it is written. */
  flushSync(): void;
}

/**
 * Writes the lines of one turn of the event loop together, at its end: under load a system call is shared by many
 * requests, and a lone line is written as soon as nothing else is to be done. What a process logged before it exited, by
 * itself or by an error that nobody caught, is written as well; only a kill can lose the lines of its last turn.
 */
export class TurnOutput implements DestinationStream {
  private due = false;

  constructor(private readonly stream: GatheringStream) {
    process.on('exit', () => this.stream.flushSync());
  }

  write(line: string): void {
    this.stream.write(line);
    if (this.due) return;
    this.due = true;
    setImmediate(() => {
      this.due = false;
      this.stream.flushSync();
    });
  }
}
