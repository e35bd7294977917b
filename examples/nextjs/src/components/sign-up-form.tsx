'use client';
import Link from 'next/link';
import { useSignUp } from '@clerk/nextjs';
import { syncPath } from '@/services/sync-path';
import { EmailCodeForm } from './email-code-form';

/** Signs up by a code, and then leads to `target`. */
export function SignUpForm({ target }: { readonly target: string }) {
  const { signUp } = useSignUp();
  return (
    <EmailCodeForm
      title="Sign up"
      send={async (fields) => {
        const { error } = await signUp.create({
          firstName: String(fields.get('firstName')),
          lastName: String(fields.get('lastName')),
          emailAddress: String(fields.get('email')),
        });
        return error ? { error } : signUp.verifications.sendEmailCode();
      }}
      verify={async (code) => {
        const { error } = await signUp.verifications.verifyEmailCode({ code });
        if (error) return { error };
        return signUp.finalize({
          navigate: ({ decorateUrl }) => window.location.assign(decorateUrl(syncPath(target))),
        });
      }}
      footer={
        <>
          {/* Clerk's protection against bots shows its question here. */}
          <div id="clerk-captcha" />
          <p>
            You have an account? <Link href={`/sign-in?${new URLSearchParams({ redirect_url: target })}`}>Sign in</Link>
          </p>
        </>
      }
    >
      <div className="pair">
        <label>
          First name
          <input name="firstName" autoComplete="given-name" required />
        </label>
        <label>
          Last name
          <input name="lastName" autoComplete="family-name" required />
        </label>
      </div>
    </EmailCodeForm>
  );
}
