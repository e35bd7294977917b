'use client';
import Link from 'next/link';
import { useSignIn } from '@clerk/nextjs';
import { syncPath } from '@/services/sync-path';
import { EmailCodeForm } from './email-code-form';

/** Signs in by a code, and then leads to `target`. */
export function SignInForm({ target }: { readonly target: string }) {
  const { signIn } = useSignIn();
  return (
    <EmailCodeForm
      title="Sign in"
      send={(fields) => signIn.emailCode.sendCode({ emailAddress: String(fields.get('email')) })}
      verify={async (code) => {
        const { error } = await signIn.emailCode.verifyCode({ code });
        if (error) return { error };
        return signIn.finalize({
          navigate: ({ decorateUrl }) => window.location.assign(decorateUrl(syncPath(target))),
        });
      }}
      footer={
        <p>
          No account yet? <Link href={`/sign-up?${new URLSearchParams({ redirect_url: target })}`}>Sign up</Link>
        </p>
      }
    >
      {null}
    </EmailCodeForm>
  );
}
