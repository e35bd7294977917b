import 'server-only';
import { auth } from '@clerk/nextjs/server';
import { createGatehouse, type Gatehouse } from '@gatehouse/client';
import { serverEnvironment } from '@/env/server';

/** The gateway, called on the server as the user of the current request. */
export async function gatehouse(): Promise<Gatehouse> {
  const { getToken } = await auth();
  return createGatehouse({ baseUrl: serverEnvironment.GATEHOUSE_URL, getToken: () => getToken() });
}
