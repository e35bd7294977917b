import { type Io } from '../io';
import { count, duration } from './format';

/** How far something is. */
export interface Standing {
  readonly done: number;
  /** Null while it is unknown. */
  readonly total: number | null;
  /** Null while it is unknown. */
  readonly perSecond: number | null;
}

const WIDTH = 28;
const CLEAR_LINE = '\r\u001b[K';

/**
 * Shows progress on standard error: a bar with rate and remaining time that is drawn over itself in a terminal. Elsewhere a
 * line for every tenth.
 */
export class Progress {
  private tenth = -1;
  private isDrawn = false;

  constructor(
    private readonly io: Pick<Io, 'stderr'>,
    private readonly label: string,
    private readonly isSilent: boolean,
  ) {}

  show(standing: Standing): void {
    if (this.isSilent) return;
    const text = `${this.label}  ${describe(standing)}`;
    if (this.io.stderr.isTTY === true) {
      this.isDrawn = true;
      this.io.stderr.write(`${CLEAR_LINE}${text}`.slice(0, CLEAR_LINE.length + (this.io.stderr.columns ?? 80) - 1));
      return;
    }
    const tenth = Math.floor(shareOf(standing) * 10);
    if (tenth === this.tenth) return;
    this.tenth = tenth;
    this.io.stderr.write(`${text}\n`);
  }

  /** Leaves the line, so that others can be printed. */
  end(): void {
    if (this.isDrawn) this.io.stderr.write(CLEAR_LINE);
    this.isDrawn = false;
  }
}

function describe({ done, total, perSecond }: Standing): string {
  const share = shareOf({ done, total, perSecond });
  const filled = Math.round(share * WIDTH);
  const parts =
    total === null
      ? [count(done)]
      : [
          `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`,
          `${Math.floor(share * 100)} %`,
          `${count(done)} of ${count(total)}`,
        ];
  if (perSecond !== null && perSecond > 0) {
    parts.push(`${count(Math.round(perSecond))}/s`);
    if (total !== null && total > done) parts.push(`${duration(((total - done) / perSecond) * 1_000)} left`);
  }
  return parts.join('  ');
}

function shareOf({ done, total }: Standing): number {
  return total === null || total === 0 ? 0 : Math.min(1, done / total);
}
