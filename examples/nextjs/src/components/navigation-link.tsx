'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { type ReactNode } from 'react';

/** A link of the navigation, which is marked on its own page. */
export function NavigationLink({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  const isCurrent = usePathname().startsWith(href);
  return (
    <Link href={href} aria-current={isCurrent ? 'page' : undefined}>
      {children}
    </Link>
  );
}
