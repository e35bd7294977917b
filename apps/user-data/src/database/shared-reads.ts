import { endOfTurn } from '@gatehouse/messaging';
import { type DataSource } from 'typeorm';
import { runMessage, withClient } from './pooled-transaction';

/** A read that waits for the end of this turn of the event loop. */
interface Waiting {
  readonly message: string;
  readonly resolve: (rows: Promise<never[]>) => void;
  readonly reject: (error: unknown) => void;
}

/** Maximum number of reads that one connection answers one after the other. */
const MAX_SHARED = 8;

/**
 * Sends the reads of one turn of the event loop over few connections, in one system call for each connection. Each read
 * is a message of its own, and so a transaction of its own: none sees the settings of another, or fails with it. Service
 * and PostgreSQL wake each other once for several reads, which costs them more than to find a row.
 */
export class SharedReads {
  private waiting: Waiting[] = [];

  constructor(private readonly dataSource: DataSource) {}

  /**
   * Runs statements as one message, and returns the rows of the last one. They must not wait for a lock, or read many
   * rows, because other reads wait for them.
   */
  read<Row extends object>(message: string): Promise<Row[]> {
    return new Promise<never[]>((resolve, reject) => {
      const count = this.waiting.push({ message, resolve, reject });
      if (count === 1) void endOfTurn().then(() => this.send());
    });
  }

  private send(): void {
    const { waiting } = this;
    this.waiting = [];
    for (let from = 0; from < waiting.length; from += MAX_SHARED) {
      void this.share(waiting.slice(from, from + MAX_SHARED));
    }
  }

  private async share(reads: readonly Waiting[]): Promise<void> {
    try {
      await withClient(this.dataSource, async (client) => {
        const sent = reads.map(({ message, resolve }) => {
          const rows = runMessage<never>(client, message);
          resolve(rows);
          return rows;
        });
        // Waits for all of them, so that the connection is idle when it returns to the pool.
        await Promise.allSettled(sent);
      });
    } catch (error) {
      for (const { reject } of reads) reject(error);
    }
  }
}
