import { NextResponse } from 'next/server';
import { auth } from '@clerk/nextjs/server';
import { GatehouseError } from '@gatehouse/client';
import { getUser } from '@/services/current-user';

/** A protected API route: 401 without a session, else the user as the gateway knows it. */
export async function GET(): Promise<Response> {
  const { isAuthenticated } = await auth();
  if (!isAuthenticated) return NextResponse.json({ code: 'signed_out' }, { status: 401 });
  try {
    const { id, fullName, role } = await getUser();
    return NextResponse.json({ id, fullName, role });
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    return NextResponse.json({ code: error.code }, { status: error.status ?? 502 });
  }
}
