import { clerkMiddleware } from '@clerk/nextjs/server';

/**
 * Verifies the session of each request, and renews its token when it has expired. It protects nothing by itself: each
 * page and each route asks who the caller is, by `requireUser()` or `auth()`.
 */
export default clerkMiddleware();

export const config = {
  matcher: [
    // Everything but the files of Next.js and static files.
    '/((?!_next|[^?]*\\.(?:html?|css|js(?!on)|jpe?g|webp|png|gif|svg|ttf|woff2?|ico|csv|docx?|xlsx?|zip|webmanifest)).*)',
    '/api/(.*)',
  ],
};
