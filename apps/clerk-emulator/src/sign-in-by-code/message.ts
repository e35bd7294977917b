import { type EmailAddress, type PhoneNumber } from '../clerk/identifier';
import { newId } from '../clerk/ids';

/** Content of a message. */
interface CodeMessage {
  readonly code: string;
  readonly userId: string | null;
  readonly now: number;
  readonly requestedBy: string;
}

const APP = {
  domain_name: 'example.com',
  logo_image_url: null,
  logo_url: null,
  name: 'Example',
  url: 'https://accounts.example.com',
};
const FROM_NUMBER = '+12015550199';

/**
 * `data` of `sms.created`, the webhook about a text message. `delivered_by_clerk: true` means that Clerk itself sends
 * the text message; otherwise the receiver of the webhook must send it.
 */
export function smsMessage(phone: Pick<PhoneNumber, 'id' | 'phone_number'>, message: CodeMessage): SmsMessage {
  return {
    created_at: message.now,
    data: { app: APP, otp_code: message.code, ...request(message) },
    delivered_by_clerk: true,
    from_phone_number: FROM_NUMBER,
    id: newId('sms', message.now),
    message: `${message.code} is your verification code for ${APP.name}.`,
    object: 'sms_message',
    phone_number_id: phone.id,
    slug: 'verification_code',
    status: 'queued',
    to_phone_number: phone.phone_number,
    user_id: message.userId,
  };
}

/** `data` of `email.created`, the webhook about an e-mail, with the keys of `EmailJSON` of `@clerk/backend`. */
export function emailMessage(email: Pick<EmailAddress, 'id' | 'email_address'>, message: CodeMessage): EmailMessage {
  const text = `${message.code} is your verification code for ${APP.name}.`;
  return {
    body: `<!doctype html><html><body><p>${text}</p></body></html>`,
    body_plain: text,
    created_at: message.now,
    data: { app: APP, otp_code: message.code, ...request(message) },
    delivered_by_clerk: true,
    email_address_id: email.id,
    from_email_name: 'notifications',
    id: newId('ema', message.now),
    object: 'email',
    slug: 'verification_code',
    status: 'queued',
    subject: `${message.code} is your verification code`,
    to_email_address: email.email_address,
    user_id: message.userId,
  };
}

interface CodeData {
  app: typeof APP;
  otp_code: string;
  requested_at: string;
  requested_by: string;
}

/** A text message to be sent. */
interface SmsMessage {
  created_at: number;
  data: CodeData;
  delivered_by_clerk: boolean;
  from_phone_number: string;
  id: string;
  message: string;
  object: 'sms_message';
  phone_number_id: string;
  slug: 'verification_code';
  status: 'queued';
  to_phone_number: string;
  user_id: string | null;
}

/** An e-mail to be sent. */
interface EmailMessage {
  body: string;
  body_plain: string;
  created_at: number;
  data: CodeData;
  delivered_by_clerk: boolean;
  email_address_id: string;
  from_email_name: string;
  id: string;
  object: 'email';
  slug: 'verification_code';
  status: 'queued';
  subject: string;
  to_email_address: string;
  user_id: string | null;
}

function request({ now, requestedBy }: CodeMessage): Pick<CodeData, 'requested_at' | 'requested_by'> {
  const at = new Date(now).toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  return { requested_at: `${at.replace(' at ', ', ')} UTC`, requested_by: requestedBy };
}
