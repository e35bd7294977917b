import { Inject, Injectable } from '@nestjs/common';
import { type Now } from '../clerk/clock';
import { ResourceNotFoundError } from '../errors';
import { EmulatorState } from '../persist-state/emulator-state';
import { NOW } from '../tokens';
import { ATTEMPT_LIFETIME_MS, type SignInAttempt } from './sign-in-attempt';
import { type SignUpAttempt } from './sign-up-attempt';

const ATTEMPTS_KEPT = 10_000;

/** The latest 10 000 attempts of one kind, in memory. An attempt is found for a day, and by its own client alone. */
class AttemptStore<Attempt extends SignInAttempt | SignUpAttempt> {
  private readonly attempts = new Map<string, Attempt>();

  constructor(
    private readonly noun: string,
    private readonly state: EmulatorState,
    private readonly now: Now,
  ) {
    state.register({ reset: () => this.attempts.clear() });
  }

  find(id: string | null, clientId: string): Attempt | undefined {
    const found = id === null ? undefined : this.attempts.get(id);
    const isTheirs = found?.clientId === clientId && this.now() < found.createdAt + ATTEMPT_LIFETIME_MS;
    return isTheirs ? found : undefined;
  }

  /** @throws ResourceNotFoundError */
  get(id: string, clientId: string): Attempt {
    const found = this.find(id, clientId);
    if (!found) throw new ResourceNotFoundError(this.noun, id);
    return found;
  }

  /** The attempts that began last, oldest first. */
  latest(count: number): Attempt[] {
    return [...this.attempts.values()].slice(-count);
  }

  put(attempt: Attempt): Attempt {
    this.attempts.set(attempt.id, attempt);
    const [oldest] = this.attempts.keys();
    if (this.attempts.size > ATTEMPTS_KEPT && oldest !== undefined) this.attempts.delete(oldest);
    this.state.markChanged();
    return attempt;
  }
}

/** Sign-ins of browsers. */
@Injectable()
export class SignInAttempts extends AttemptStore<SignInAttempt> {
  constructor(state: EmulatorState, @Inject(NOW) now: Now) {
    super('sign-in', state, now);
  }
}

/** Sign-ups of browsers. */
@Injectable()
export class SignUpAttempts extends AttemptStore<SignUpAttempt> {
  constructor(state: EmulatorState, @Inject(NOW) now: Now) {
    super('sign-up', state, now);
  }
}
