import { Injectable } from '@nestjs/common';

/** A message with a code, as a phone or an inbox would show it. */
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

const KEPT = 500;

/** The latest messages with codes: nobody else delivers them, so a test reads them here. */
@Injectable()
export class Outbox {
  private messages: SentMessage[] = [];

  add(message: SentMessage): void {
    this.messages = [...this.messages, message].slice(-KEPT);
  }

  /** Newest first; to one address or number, if given. */
  list(to?: string): SentMessage[] {
    return this.messages.filter((message) => to === undefined || message.to === to.toLowerCase()).reverse();
  }

  clear(): void {
    this.messages = [];
  }
}
