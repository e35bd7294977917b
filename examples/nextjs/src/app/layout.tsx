import { type Metadata } from 'next';
import { type ReactNode } from 'react';
import { ClerkProvider } from '@clerk/nextjs';
import { Navigation } from '@/components/navigation';
import './globals.css';

export const metadata: Metadata = { title: 'Shopping list', description: 'Next.js with Clerk and Gatehouse' };

export default function RootLayout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        {/* prefetchUI: the app has forms of its own and does not load Clerk's components. */}
        <ClerkProvider prefetchUI={false}>
          <Navigation />
          <main>{children}</main>
        </ClerkProvider>
      </body>
    </html>
  );
}
