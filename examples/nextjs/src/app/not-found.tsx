import Link from 'next/link';

export default function NotFoundPage() {
  return (
    <section className="card">
      <h1>Page not found</h1>
      <p>
        There is no such page, or it is not meant for you. <Link href="/">Go to the start page</Link>
      </p>
    </section>
  );
}
