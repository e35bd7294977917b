import { RequestRefusedError } from '@gatehouse/messaging';
import { METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, type Registry } from 'prom-client';
import { Slots } from '../../concurrency/slots';
import { hashPassword, isOutdated, passwordMatches } from './password-hash';

/** Each takes 19 MiB and a thread. */
const MAX_CONCURRENT = 2;
/** At some 30 ms each, more would wait longer than their callers. */
const MAX_WAITING = 100;

/** What a password turned out to be. */
export interface PasswordVerdict {
  readonly matches: boolean;
  /** A hash to be stored instead, when the stored one was made with other parameters. */
  readonly newHash: string | undefined;
}

/** Hashes and checks passwords, few at a time. */
@Injectable()
export class Passwords {
  private readonly slots = new Slots(MAX_CONCURRENT);
  private readonly checks: Counter<'against'>;
  private waiting = 0;
  private nobodys: Promise<string> | undefined;

  constructor(@Inject(METRICS) metrics: Registry) {
    this.checks = new Counter({
      name: 'gatehouse_user_sync_password_checks_total',
      help: 'Passwords that were checked, against a stored hash or in its absence against another',
      labelNames: ['against'],
      registers: [metrics],
    });
  }

  /** Checks a password. Where there is no hash it takes as long as where there is one. Throws a refusal when overloaded. */
  async check(password: string, stored: string | null): Promise<PasswordVerdict> {
    return this.bounded(async () => {
      this.nobodys ??= hashPassword('nobody has this password');
      const matches = await passwordMatches(password, stored ?? (await this.nobodys));
      this.checks.inc({ against: stored === null ? 'nothing' : 'hash' });
      if (stored === null || !matches) return { matches: false, newHash: undefined };
      return { matches, newHash: isOutdated(stored) ? await hashPassword(password) : undefined };
    });
  }

  /** The hash of a new password. Throws a refusal when overloaded. */
  hash(password: string): Promise<string> {
    return this.bounded(() => hashPassword(password));
  }

  private async bounded<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.waiting >= MAX_WAITING) throw new RequestRefusedError('unavailable', 'too many passwords at once');
    this.waiting += 1;
    try {
      return await this.slots.run(work);
    } finally {
      this.waiting -= 1;
    }
  }
}
