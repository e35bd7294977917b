import { type DestinationStream } from 'pino';

/**
 * Maximum number of buffered characters. A longer buffer is written at once, before the turn of the event loop ends.
 */
const MAX_BUFFERED = 64 * 1_024;

/**
 * Writes all log lines of one turn of the event loop in one system call, at the end of the turn. Lines are also written
 * when the process exits or dies of an uncaught error; only a kill can lose the lines of the last turn.
 */
export class BatchedOutput implements DestinationStream {
  private lines: string[] = [];
  private length = 0;

  /** @param stream gets the lines; its `write` must be synchronous, because a process that exits waits for nothing */
  constructor(private readonly stream: DestinationStream) {
    process.on('exit', () => this.flush());
  }

  write(line: string): void {
    if (this.lines.push(line) === 1) setImmediate(() => this.flush());
    this.length += line.length;
    if (this.length > MAX_BUFFERED) this.flush();
  }

  private flush(): void {
    if (this.lines.length === 0) return;
    const text = this.lines.join('');
    this.lines = [];
    this.length = 0;
    this.stream.write(text);
  }
}
