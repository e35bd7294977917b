import { type Metadata } from 'next';
import { texts } from '@gatehouse/client';
import { SignOutButton } from '@/components/sign-out-button';
import { syncPath } from '@/services/sync-path';

export const metadata: Metadata = { title: 'Account problem' };

/** Shown when the gateway refuses the user after the sign-in, or cannot be reached. */
export default async function AccountProblemPage({ searchParams }: PageProps<'/account-problem'>) {
  const { code, redirect_url: target } = await searchParams;
  const text = Object.entries(texts).find(([key]) => key === code)?.[1] ?? texts.internal;
  return (
    <section className="card">
      <h1>We could not open your account</h1>
      <p>{text}</p>
      <p className="actions">
        <a href={syncPath(typeof target === 'string' ? target : '/dashboard')} className="button">
          Try again
        </a>
        <SignOutButton />
      </p>
    </section>
  );
}
