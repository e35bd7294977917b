import { type Readable } from 'node:stream';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DownloadEndedError, RateLimitedError } from '../../errors';

/** Most exports that a gateway sends at once, each with at most a few MiB in memory. */
const MAX_RUNNING = 16;
/** A rejected export is tried again after this time; milliseconds. */
const RETRY_MS = 10_000;

/** A running export. */
export interface RunningExport {
  /** Notes what is sent to the client; it is broken off when the gateway stops. */
  sends(stream: Readable): void;
  end(): void;
}

/** The exports that this gateway is sending: one for each user, and a bounded number in all. */
@Injectable()
export class RunningExports implements OnModuleDestroy {
  private readonly users = new Map<string, Readable | undefined>();
  private isStopping = false;

  /**
   * Notes an export that begins.
   * @throws RateLimitedError if the user has a running export here, or too many exports run
   */
  begin(userId: string): RunningExport {
    if (this.users.has(userId) || this.users.size >= MAX_RUNNING) throw new RateLimitedError(RETRY_MS);
    this.users.set(userId, undefined);
    return {
      sends: (stream) => {
        this.users.set(userId, stream);
        if (this.isStopping) stream.destroy(new DownloadEndedError('the gateway stops'));
      },
      end: () => void this.users.delete(userId),
    };
  }

  /** Breaks off every export: it could take longer than the gateway may take to stop. */
  onModuleDestroy(): void {
    this.isStopping = true;
    for (const stream of this.users.values()) stream?.destroy(new DownloadEndedError('the gateway stops'));
  }
}
