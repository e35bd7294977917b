import { useAuth } from '@clerk/react';
import { createGatehouse, getErrorMessage } from '@gatehouse/client';
import { usePhoneExchange } from '@gatehouse/react';
import { useAuthStore } from './auth-store';
import { gatewayUrl } from './settings';

/**
 * Returns the function that takes the fields of a sign-up to Gatehouse, once Clerk's sign-in is final. After a sign-in by
 * phone it gets a token of Gatehouse. It returns what to tell the person.
 */
export function useArrival() {
  const { getToken } = useAuth();
  const { setAuth } = useAuthStore();
  const exchange = usePhoneExchange();
  return async (by: 'email' | 'phone', form: Record<string, string>): Promise<string> => {
    const {
      identifier: _,
      referralCode,
      ...profile
    } = Object.fromEntries(Object.entries(form).filter(([, text]) => text));
    if (by === 'phone') {
      const exchanged = await exchange({ ...profile, ...(referralCode && { referralCode }) });
      setAuth(exchanged);
      return exchanged.referral?.state === 'rejected' ? 'Welcome! The referral code was not accepted.' : 'Welcome!';
    }
    const gatehouse = createGatehouse({ baseUrl: gatewayUrl, getToken });
    if (Object.keys(profile).length > 0) await gatehouse.PATCH('/api/me', { body: profile });
    if (!referralCode) return 'Welcome!';
    return gatehouse.POST('/api/referral', { body: { code: referralCode } }).then(
      () => 'Welcome! The referral code was accepted.',
      (error: unknown) => `Welcome! ${getErrorMessage(error)}`,
    );
  };
}
