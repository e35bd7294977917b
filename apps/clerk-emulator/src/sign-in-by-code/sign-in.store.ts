import { Injectable } from '@nestjs/common';
import { ResourceNotFoundError } from '../errors';
import { EmulatorState } from '../persist-state/emulator-state';
import { type SignIn, type StoredSignIn } from './sign-in';

const SIGN_INS_KEPT = 10_000;

/** The latest 10 000 sign-ins, in memory. */
@Injectable()
export class SignInStore {
  private readonly signIns = new Map<string, StoredSignIn>();

  constructor(state: EmulatorState) {
    state.register({ reset: () => this.signIns.clear() });
  }

  /** @throws ResourceNotFoundError */
  get(id: string): StoredSignIn {
    const stored = this.signIns.get(id);
    if (!stored) throw new ResourceNotFoundError('sign-in', id);
    return stored;
  }

  put(stored: StoredSignIn): SignIn {
    this.signIns.set(stored.signIn.id, stored);
    const [oldest] = this.signIns.keys();
    if (this.signIns.size > SIGN_INS_KEPT && oldest !== undefined) this.signIns.delete(oldest);
    return stored.signIn;
  }
}
