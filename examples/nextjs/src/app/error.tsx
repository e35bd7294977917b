'use client';
import { useRouter } from 'next/navigation';
import { startTransition } from 'react';

/** Shown when a page fails, for example because the gateway cannot be reached. Next.js hides the cause from browsers. */
export default function ErrorPage({ reset }: { readonly reset: () => void }) {
  const router = useRouter();
  const retry = () =>
    startTransition(() => {
      router.refresh();
      reset();
    });
  return (
    <section className="card">
      <h1>Something went wrong</h1>
      <p>The page could not be loaded. Please try again in a moment.</p>
      <button className="button" onClick={retry}>
        Try again
      </button>
    </section>
  );
}
