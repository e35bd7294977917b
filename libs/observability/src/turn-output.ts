import { type DestinationStream } from 'pino';

/** In characters: more is written before the turn ends. */
const MAX_GATHERED = 64 * 1_024;

/**
 * Writes the lines of one turn of the event loop together, at its end: under load a system call is shared by many
 * requests, and a lone line is written as soon as nothing else is to be done. What a process logged before it exited, by
 * itself or by an error that nobody caught, is written as well; only a kill can lose the lines of its last turn.
 */
export class TurnOutput implements DestinationStream {
  private lines: string[] = [];
  private length = 0;

  /** `stream` must have written when its `write` returns. */
  constructor(private readonly stream: DestinationStream) {
    process.on('exit', () => this.flush());
  }

  write(line: string): void {
    if (this.lines.push(line) === 1) setImmediate(() => this.flush());
    this.length += line.length;
    if (this.length > MAX_GATHERED) this.flush();
  }

  private flush(): void {
    if (this.lines.length === 0) return;
    const text = this.lines.join('');
    this.lines = [];
    this.length = 0;
    this.stream.write(text);
  }
}
