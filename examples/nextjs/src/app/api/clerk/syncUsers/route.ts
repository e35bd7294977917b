import { NextResponse, type NextRequest } from 'next/server';
import { auth } from '@clerk/nextjs/server';
import { GatehouseError } from '@gatehouse/client';
import { gatehouse } from '@/services/gatehouse';
import { ownPath } from '@/services/sync-path';
import { syncCookie, SYNC_COOKIE } from '@/services/sync-state';

/** Creates the user in Gatehouse unless it exists, and redirects to `redirect_url`. Pages lead here after a sign-in. */
export async function GET(request: NextRequest): Promise<Response> {
  const { origin, protocol, searchParams } = request.nextUrl;
  const target = ownPath(searchParams.get('redirect_url'), origin);
  const { sessionId, redirectToSignIn } = await auth();
  if (!sessionId) return redirectToSignIn({ returnBackUrl: target });
  try {
    const { data } = await (await gatehouse()).POST('/api/clerk/syncUsers');
    const response = redirectTo(target);
    // Remembered for this session, so that a page never leads here twice, whatever Clerk's metadata holds.
    response.cookies.set(SYNC_COOKIE, syncCookie(sessionId, data), {
      ...{ httpOnly: true, sameSite: 'lax', path: '/', secure: protocol === 'https:' },
    });
    return response;
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    return redirectTo(`/account-problem?${new URLSearchParams({ code: error.code, redirect_url: target })}`);
  }
}

/** A path, not a URL: behind a proxy, the server does not know under which name the browser reaches it. */
function redirectTo(path: string): NextResponse {
  return new NextResponse(null, { status: 307, headers: { location: path, 'cache-control': 'no-store' } });
}
