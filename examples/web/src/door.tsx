import { useSignIn, useSignUp } from '@clerk/react';
import { getErrorMessage, logAuthStep } from '@gatehouse/client';
import { formatPhoneNumber } from '@gatehouse/client/phone';
import { type FormEvent, useState } from 'react';
import { useArrival } from './arrival';
import { say } from './notices';

const fieldsOf = (event: FormEvent<HTMLFormElement>): Record<string, string> => {
  event.preventDefault();
  return Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
};

/** Signs people in and up by a code, which Clerk sends to their e-mail address or phone number. */
export function Door() {
  const { signIn } = useSignIn();
  const { signUp } = useSignUp();
  const arrive = useArrival();
  const [isNew, setIsNew] = useState(false);
  const [sent, setSent] = useState<{ readonly to: string; readonly form: Record<string, string> } | null>(null);
  const [fault, setFault] = useState('');
  const [isBusy, setIsBusy] = useState(false);

  /** Runs a step, and shows what Clerk or the gateway says about it. */
  const step = async (work: () => Promise<void>): Promise<void> => {
    setFault('');
    setIsBusy(true);
    await work().catch((error: unknown) => setFault(getErrorMessage(error)));
    setIsBusy(false);
  };

  const send = (form: Record<string, string>) =>
    step(async () => {
      const typed = form.identifier ?? '';
      const to = typed.includes('@') ? typed.trim() : formatPhoneNumber(typed, 'IN');
      if (to === undefined) return setFault('This is neither an e-mail address nor a phone number.');
      const isEmail = to.includes('@');
      logAuthStep('send-code', isNew ? 'sign-up' : 'sign-in', { to });
      if (isNew) {
        unless(await signUp.create(isEmail ? { emailAddress: to } : { phoneNumber: to }));
        unless(await (isEmail ? signUp.verifications.sendEmailCode() : signUp.verifications.sendPhoneCode()));
      } else {
        unless(
          await (isEmail
            ? signIn.emailCode.sendCode({ emailAddress: to })
            : signIn.phoneCode.sendCode({ phoneNumber: to })),
        );
      }
      setSent({ to, form });
    });

  const verify = (to: string, form: Record<string, string>, code: string) =>
    step(async () => {
      const isEmail = to.includes('@');
      if (isNew) {
        unless(
          await (isEmail
            ? signUp.verifications.verifyEmailCode({ code })
            : signUp.verifications.verifyPhoneCode({ code })),
        );
        unless(await signUp.finalize());
      } else {
        unless(await (isEmail ? signIn.emailCode.verifyCode({ code }) : signIn.phoneCode.verifyCode({ code })));
        unless(await signIn.finalize());
      }
      logAuthStep('signed-in', 'Clerk has a session', { to });
      say(await arrive(isEmail ? 'email' : 'phone', isNew ? form : {}));
    });

  if (sent !== null) {
    return (
      <main className="door card">
        <h1>Enter the code</h1>
        <p>We sent it to {sent.to}.</p>
        <form onSubmit={(event) => void verify(sent.to, sent.form, fieldsOf(event).code ?? '')}>
          <label>
            Code
            <input name="code" inputMode="numeric" autoComplete="one-time-code" autoFocus required />
          </label>
          <p role="alert">{fault}</p>
          <div className="actions">
            <button disabled={isBusy}>{isNew ? 'Create account' : 'Sign in'}</button>
            <button type="button" className="quiet" onClick={() => setSent(null)}>
              Back
            </button>
          </div>
        </form>
      </main>
    );
  }
  return (
    <main className="door card">
      <h1>{isNew ? 'Open your shop' : 'Welcome back'}</h1>
      <form onSubmit={(event) => void send(fieldsOf(event))}>
        <label>
          E-mail address or phone number
          <input name="identifier" autoComplete="username" autoFocus required />
        </label>
        {isNew && <ShopFields />}
        <p role="alert">{fault}</p>
        <div id="clerk-captcha" />
        <div className="actions">
          <button disabled={isBusy}>Send code</button>
          <button type="button" className="quiet" onClick={() => setIsNew(!isNew)}>
            {isNew ? 'I have an account' : 'I am new here'}
          </button>
        </div>
      </form>
    </main>
  );
}

function ShopFields() {
  return (
    <>
      <label>
        Shop name
        <input name="shopName" autoComplete="organization" maxLength={200} />
      </label>
      <div className="pair">
        <label>
          City
          <input name="city" autoComplete="address-level2" maxLength={120} />
        </label>
        <label>
          Postal code
          <input name="pincode" autoComplete="postal-code" maxLength={12} />
        </label>
      </div>
      <label>
        Referral code, if you have one
        <input name="referralCode" autoComplete="off" />
      </label>
    </>
  );
}

/** Throws the error of a step of Clerk. */
function unless({ error }: { readonly error: unknown }): void {
  if (error) throw error;
}
