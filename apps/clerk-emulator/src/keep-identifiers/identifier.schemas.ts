import { z } from 'zod';
import { emailAddress, phoneNumber } from '../keep-users/user.schemas';

const flags = { verified: z.boolean().nullish(), primary: z.boolean().nullish() };
const reservedForSecondFactor = { reserved_for_second_factor: z.boolean().nullish() };

export const createEmailAddressParams = z.strictObject({
  ...flags,
  user_id: z.string(),
  email_address: emailAddress,
});
export type CreateEmailAddressParams = z.output<typeof createEmailAddressParams>;

export const createPhoneNumberParams = z.strictObject({
  ...flags,
  ...reservedForSecondFactor,
  user_id: z.string(),
  phone_number: phoneNumber,
});
export type CreatePhoneNumberParams = z.output<typeof createPhoneNumberParams>;

export const updateIdentifierParams = z.strictObject({ ...flags, ...reservedForSecondFactor });
export type UpdateIdentifierParams = z.output<typeof updateIdentifierParams>;
