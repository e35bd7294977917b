import { type Logger } from 'pino';

const MAX_ORIGINS = 100;
const MAX_LENGTH = 200;

/** Logs each rejected origin once, so that operators notice a missing entry of `CORS_ORIGINS`. At most 100 origins. */
export class RefusedOrigins {
  private readonly reported = new Set<string>();

  constructor(private readonly log: Pick<Logger, 'warn'>) {}

  /** Logs the origin unless it was logged before. */
  report(origin: string): void {
    const shown = origin.slice(0, MAX_LENGTH);
    if (this.reported.size >= MAX_ORIGINS || this.reported.has(shown)) return;
    this.reported.add(shown);
    this.log.warn({ origin: shown }, 'preflight rejected: CORS_ORIGINS does not list this origin');
    if (this.reported.size === MAX_ORIGINS) {
      this.log.warn({ origins: MAX_ORIGINS }, 'further rejected origins are not logged');
    }
  }
}
