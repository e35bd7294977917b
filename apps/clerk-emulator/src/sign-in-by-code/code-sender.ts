import { Inject, Injectable } from '@nestjs/common';
import { type Now } from '../clerk/clock';
import { newId } from '../clerk/ids';
import { EventPublisher } from '../deliver-webhooks/event-publisher';
import { currentOrigin } from '../clerk/request-origin';
import { NOW } from '../tokens';
import { Accounts } from './accounts';
import { emailMessage, smsMessage } from './message';
import { Outbox } from './outbox';
import { isEmail, type StoredSignIn } from './sign-in';

/** Sends codes: publishes `email.created` or `sms.created`, and adds the message to the emulator's mailbox. */
@Injectable()
export class CodeSender {
  constructor(
    private readonly accounts: Accounts,
    private readonly events: EventPublisher,
    private readonly outbox: Outbox,
    @Inject(NOW) private readonly now: Now,
  ) {}

  send(stored: StoredSignIn): void {
    const { identifier, user_id: userId } = stored.signIn;
    const now = this.now();
    const owner = this.accounts.find(identifier);
    const message = { code: stored.code, userId, now, requestedBy: currentOrigin().user_agent };
    if (isEmail(identifier)) {
      const own = owner?.email_addresses.find((email) => email.email_address === identifier);
      const email = emailMessage(own ?? { id: newId('idn', now), email_address: identifier }, message);
      this.events.publish('email.created', email, { userId, at: now });
      this.record(stored, { id: email.id, kind: 'email', text: email.body_plain });
    } else {
      const own = owner?.phone_numbers.find((phone) => phone.phone_number === identifier);
      const sms = smsMessage(own ?? { id: newId('idn', now), phone_number: identifier }, message);
      this.events.publish('sms.created', sms, { userId, at: now });
      this.record(stored, { id: sms.id, kind: 'sms', text: sms.message });
    }
  }

  private record({ signIn, code }: StoredSignIn, message: { id: string; kind: 'sms' | 'email'; text: string }): void {
    const { identifier: to, user_id, id: sign_in_id } = signIn;
    this.outbox.add({ ...message, to, code, user_id, sign_in_id, created_at: this.now() });
  }
}
