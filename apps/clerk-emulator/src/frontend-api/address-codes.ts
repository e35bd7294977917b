import { Injectable } from '@nestjs/common';
import { EmulatorState } from '../persist-state/emulator-state';
import { type SentCode } from '../sign-in-by-code/sent-code';

const CODES_KEPT = 10_000;

/** Codes that were sent to verify addresses of users, by the id of the address. Keeps the latest 10 000. */
@Injectable()
export class AddressCodes {
  private readonly codes = new Map<string, SentCode>();

  constructor(state: EmulatorState) {
    state.register({ reset: () => this.codes.clear() });
  }

  find(addressId: string): SentCode | undefined {
    return this.codes.get(addressId);
  }

  put(addressId: string, sent: SentCode): void {
    this.codes.delete(addressId);
    this.codes.set(addressId, sent);
    const [oldest] = this.codes.keys();
    if (this.codes.size > CODES_KEPT && oldest !== undefined) this.codes.delete(oldest);
  }
}
