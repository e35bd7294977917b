import Link from 'next/link';
import { getCurrentUser } from '@/services/current-user';

export default async function HomePage() {
  const user = await getCurrentUser().catch(() => null);
  return (
    <section className="hero">
      <h1>Never forget the milk.</h1>
      <p>Your shopping list, on every device. An example of Next.js with Clerk and Gatehouse.</p>
      <p className="actions">
        {user ? (
          <Link href="/dashboard" className="button">
            Open my list
          </Link>
        ) : (
          <>
            <Link href="/sign-up" className="button">
              Sign up
            </Link>
            <Link href="/dashboard">I have an account</Link>
          </>
        )}
      </p>
    </section>
  );
}
