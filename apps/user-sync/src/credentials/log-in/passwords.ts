import { RequestRefusedError } from '@gatehouse/messaging';
import { METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, type Registry } from 'prom-client';
import { Slots } from '../../concurrency/slots';
import { hashPassword, isOutdated, passwordMatches } from './password-hash';

/** Maximum hashes that are computed at the same time. Each takes 19 MiB and a thread. */
const MAX_CONCURRENT = 2;
/**
 * Maximum callers that wait or are served; more are rejected. A hash takes about 30 ms and two run at a time, so 100
 * callers take about 1.5 s. The gateway gives up after 5 s. The margin is for slower machines, and for callers whose
 * stored hash is outdated and computed anew.
 */
const MAX_WAITING = 100;

/**
 * Dummy password. For a user without a password, a login is checked against the hash of the dummy and rejected. So the
 * answer takes as long as for a wrong password.
 */
export const placeholderPassword = 'placeholder for a user without a password';

/** Result of a password check. */
export interface PasswordCheck {
  readonly matches: boolean;
  /** New hash to store, if the stored one has outdated parameters; otherwise undefined. */
  readonly newHash: string | undefined;
}

/** Hashes and checks passwords, two at a time. */
@Injectable()
export class Passwords {
  private readonly slots = new Slots(MAX_CONCURRENT);
  private readonly checks: Counter<'against'>;
  private waiting = 0;
  private placeholder: Promise<string> | undefined;

  constructor(@Inject(METRICS) metrics: Registry) {
    this.checks = new Counter({
      name: 'gatehouse_user_sync_password_checks_total',
      help: 'Checked passwords; `nothing` when no hash was stored',
      labelNames: ['against'],
      registers: [metrics],
    });
  }

  /**
   * Checks a password. Takes the same time whether or not a hash is stored.
   * @throws RequestRefusedError when overloaded
   */
  async check(password: string, stored: string | null): Promise<PasswordCheck> {
    return this.bounded(async () => {
      this.placeholder ??= hashPassword(placeholderPassword);
      const matches = await passwordMatches(password, stored ?? (await this.placeholder));
      this.checks.inc({ against: stored === null ? 'nothing' : 'hash' });
      if (stored === null || !matches) return { matches: false, newHash: undefined };
      return { matches, newHash: isOutdated(stored) ? await hashPassword(password) : undefined };
    });
  }

  /** Hashes a new password. @throws RequestRefusedError when overloaded */
  hash(password: string): Promise<string> {
    return this.bounded(() => hashPassword(password));
  }

  private async bounded<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.waiting >= MAX_WAITING)
      throw new RequestRefusedError('unavailable', 'Too many passwords are being checked. Retry later.');
    this.waiting += 1;
    try {
      return await this.slots.run(work);
    } finally {
      this.waiting -= 1;
    }
  }
}
