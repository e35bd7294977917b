import { z } from 'zod';
import { PROVIDER } from '../clerk/external-account';
import { isJsonObject, type JsonObject } from '../clerk/json';
import { emailAddress, phoneNumber } from '../keep-users/user.schemas';

// Bodies of the Frontend API are forms: every value is a text. Unlike the Backend API's schemas, these ignore unknown
// parameters, because each version of Clerk's scripts sends others.

const text = z.string().max(256, 'must be at most 256 characters.');
/** An empty text clears a field. */
const name = text.transform((value) => (value === '' ? null : value)).optional();
const lowerCase = (value: string): string => value.toLowerCase();
const email = emailAddress.transform(lowerCase);
const code = z.string().max(20);
const codeStrategy = z.enum(
  ['email_code', 'phone_code'],
  'must be email_code or phone_code: the emulator has no other.',
);
const anyStrategy = z.enum(
  ['email_code', 'phone_code', PROVIDER],
  `must be email_code, phone_code or ${PROVIDER}: the emulator has no other.`,
);
const flag = z.enum(['true', 'false'], 'must be true or false.');
/** A URL, or a path on the host of the page. */
const url = z.string().max(8_192);

/** A JSON object as a text. */
const jsonText = z.string().transform((value, context): JsonObject => {
  const parsed = parseJson(value === '' ? '{}' : value);
  if (isJsonObject(parsed)) return parsed;
  context.addIssue({ code: 'custom', message: 'must be a JSON object.' });
  return z.NEVER;
});

/** Where the browser goes after the Test Provider. */
const redirects = { redirect_url: url.optional(), action_complete_redirect_url: url.optional() };

export const connectParams = z.object({ strategy: z.literal(PROVIDER, `must be ${PROVIDER}.`), ...redirects });
export type ConnectParams = z.output<typeof connectParams>;

export const redirectParams = z.object(redirects);
export type RedirectParams = z.output<typeof redirectParams>;

export const createSignInParams = z.object({
  identifier: z.string().max(254).transform(lowerCase).optional(),
  strategy: anyStrategy.optional(),
  ...redirects,
  transfer: flag.optional(),
});
export type CreateSignInParams = z.output<typeof createSignInParams>;

export const prepareSignInParams = z.object({
  strategy: codeStrategy,
  email_address_id: z.string().optional(),
  phone_number_id: z.string().optional(),
});
export type PrepareSignInParams = z.output<typeof prepareSignInParams>;

export const attemptParams = z.object({ strategy: codeStrategy, code });
export type AttemptParams = z.output<typeof attemptParams>;

export const signUpParams = z.object({
  email_address: email.optional(),
  phone_number: phoneNumber.optional(),
  first_name: name,
  last_name: name,
  unsafe_metadata: jsonText.optional(),
  locale: text.optional(),
  legal_accepted: flag.optional(),
  strategy: anyStrategy.optional(),
  ...redirects,
  transfer: flag.optional(),
});
export type SignUpParams = z.output<typeof signUpParams>;

export const strategyParams = z.object({ strategy: codeStrategy });
export type StrategyParams = z.output<typeof strategyParams>;

export const touchParams = z.object({ intent: z.string().optional() });
export type TouchParams = z.output<typeof touchParams>;

export const updateMeParams = z.object({
  first_name: name,
  last_name: name,
  primary_email_address_id: z.string().optional(),
  primary_phone_number_id: z.string().optional(),
  unsafe_metadata: jsonText.optional(),
});
export type UpdateMeParams = z.output<typeof updateMeParams>;

export const metadataParams = z.object({ unsafe_metadata: jsonText });
export type MetadataParams = z.output<typeof metadataParams>;

export const newEmailAddressParams = z.object({ email_address: email });
export const newPhoneNumberParams = z.object({ phone_number: phoneNumber });
export const codeParams = z.object({ code });

export const handshakeParams = z.object({ redirect_url: url, __clerk_db_jwt: z.string().optional() });
export type HandshakeParams = z.output<typeof handshakeParams>;

export const providerCallbackParams = z.object({
  state: z.string().max(100),
  error: z.string().max(100).optional(),
  email_address: email.optional(),
  first_name: text.default(''),
  last_name: text.default(''),
});
export type ProviderCallbackParams = z.output<typeof providerCallbackParams>;

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
