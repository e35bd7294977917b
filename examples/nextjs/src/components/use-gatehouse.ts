'use client';
import { useMemo } from 'react';
import { useAuth } from '@clerk/nextjs';
import { createGatehouse, type Gatehouse } from '@gatehouse/client';
import { clientEnvironment } from '@/env/client';

/** The gateway, called from the browser as the signed-in user. */
export function useGatehouse(): Gatehouse {
  const { getToken } = useAuth();
  return useMemo(() => createGatehouse({ baseUrl: clientEnvironment.NEXT_PUBLIC_GATEHOUSE_URL, getToken }), [getToken]);
}
