import { Readable } from 'node:stream';
import { DownloadEndedError } from '../../errors';

/** Time limits of a download; milliseconds. */
export interface Pace {
  /** Longest time in which the client reads nothing. */
  readonly stallMs: number;
  readonly totalMs: number;
}

/** Text that is kept for a slow client before the next piece is made; bytes. */
const HIGH_WATER_BYTES = 64 * 1024;

/**
 * Makes a stream of texts, each made when the client has read the ones before. Ends with an error when the client reads
 * too slowly, so that it cannot hold memory and a place among the downloads for long. Calls `onClose` once, at the end.
 */
export function pacedStream(pieces: AsyncIterable<string>, pace: Pace, onClose: () => void): Readable {
  const stream: Readable = Readable.from(watched(), { objectMode: false, highWaterMark: HIGH_WATER_BYTES });
  const fail = () => void stream.destroy(new DownloadEndedError('the client reads too slowly'));
  const deadline = setTimeout(fail, pace.totalMs).unref();
  let stall: NodeJS.Timeout | undefined;
  async function* watched(): AsyncGenerator<string, void, undefined> {
    for await (const piece of pieces) {
      stall = setTimeout(fail, pace.stallMs).unref();
      // Resumed when the stream wants more.
      if (piece !== '') yield piece;
      clearTimeout(stall);
    }
  }
  stream.once('close', () => {
    clearTimeout(deadline);
    clearTimeout(stall);
    onClose();
  });
  return stream;
}
