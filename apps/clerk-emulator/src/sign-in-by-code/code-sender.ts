import { Inject, Injectable } from '@nestjs/common';
import { type Now } from '../clerk/clock';
import { newId } from '../clerk/ids';
import { EventPublisher } from '../deliver-webhooks/event-publisher';
import { currentOrigin } from '../clerk/request-origin';
import { NOW } from '../tokens';
import { Accounts } from './accounts';
import { emailMessage, smsMessage } from './message';
import { Outbox } from './outbox';
import { isEmail } from './sent-code';

/** Who gets a code, and for which attempt to sign in, to sign up or to verify an address. */
export interface CodeRecipient {
  /** E-mail address or phone number. */
  readonly to: string;
  /** Null while no user has the address or number. */
  readonly userId: string | null;
  /** Id of the sign-in, the sign-up, or the address that is verified. */
  readonly attemptId: string;
}

/** Sends codes: publishes `email.created` or `sms.created`, and adds the message to the emulator's mailbox. */
@Injectable()
export class CodeSender {
  constructor(
    private readonly accounts: Accounts,
    private readonly events: EventPublisher,
    private readonly outbox: Outbox,
    @Inject(NOW) private readonly now: Now,
  ) {}

  send(recipient: CodeRecipient, code: string): void {
    const { to, userId, attemptId: sign_in_id } = recipient;
    const now = this.now();
    const owner = this.accounts.find(to);
    const content = { code, userId, now, requestedBy: currentOrigin().user_agent };
    const sent = { to, code, user_id: userId, sign_in_id, created_at: now };
    if (isEmail(to)) {
      const own = owner?.email_addresses.find((email) => email.email_address === to);
      const email = emailMessage(own ?? { id: newId('idn', now), email_address: to }, content);
      this.events.publish('email.created', email, { userId, at: now });
      this.outbox.add({ id: email.id, kind: 'email', text: email.body_plain, ...sent });
    } else {
      const own = owner?.phone_numbers.find((phone) => phone.phone_number === to);
      const sms = smsMessage(own ?? { id: newId('idn', now), phone_number: to }, content);
      this.events.publish('sms.created', sms, { userId, at: now });
      this.outbox.add({ id: sms.id, kind: 'sms', text: sms.message, ...sent });
    }
  }
}
