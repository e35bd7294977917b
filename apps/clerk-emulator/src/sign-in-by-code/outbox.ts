import { Injectable } from '@nestjs/common';
import { EmulatorState } from '../persist-state/emulator-state';

/** A message with a code, as a phone or mailbox would show it. */
export interface SentMessage {
  readonly id: string;
  readonly kind: 'sms' | 'email';
  readonly to: string;
  readonly code: string;
  readonly text: string;
  readonly user_id: string | null;
  readonly sign_in_id: string;
  readonly created_at: number;
}

const MESSAGES_KEPT = 500;

/**
 * The latest 500 messages with sign-in codes, which Clerk would send by SMS or e-mail. The emulator sends none of them:
 * tests and people read the codes here.
 */
@Injectable()
export class Outbox {
  private messages: SentMessage[] = [];

  constructor(private readonly state: EmulatorState) {
    state.register({ reset: () => (this.messages = []) });
  }

  add(message: SentMessage): void {
    this.messages = [...this.messages, message].slice(-MESSAGES_KEPT);
    this.state.markChanged();
  }

  /** Messages, newest first. @param to returns only messages to this address or number */
  list(to?: string): SentMessage[] {
    return this.messages.filter((message) => to === undefined || message.to === to.toLowerCase()).reverse();
  }
}
