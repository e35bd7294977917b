import { type Schemas } from '@gatehouse/client';
import { usePage } from './context';

/** What a form of a sign-up by phone sends. Empty fields change nothing. */
export type PhoneForm = Schemas['PhoneLogin'];

/**
 * Returns the function that exchanges Clerk's session of a verified phone number for a token of Gatehouse. Call it once
 * Clerk's sign-in or sign-up is final; it may outlive the form.
 * @example
 *   const exchange = usePhoneExchange();
 *   await signUp.finalize();
 *   const { token, user, referral } = await exchange({ shopName, referralCode });
 */
export function usePhoneExchange(): (form?: PhoneForm) => Promise<Schemas['ExchangedToken']> {
  const { asClerk } = usePage();
  return async (form = {}) => (await asClerk.POST('/auth/verify-clerk-token', { body: form })).data;
}
