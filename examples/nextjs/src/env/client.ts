import { z } from 'zod';
import { parseEnvironment } from './parse-environment';

/**
 * Variables that browsers may see. The build copies their values into the scripts, and therefore needs each one spelled
 * out as `process.env.NAME`.
 */
export const clientEnvironment = parseEnvironment(
  {
    NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: z
      .string('is required')
      .regex(/^pk_(test|live)_/, 'must begin with pk_test_ or pk_live_'),
    NEXT_PUBLIC_CLERK_SIGN_IN_URL: z.literal('/sign-in', 'must be /sign-in'),
    NEXT_PUBLIC_CLERK_SIGN_UP_URL: z.literal('/sign-up', 'must be /sign-up'),
    NEXT_PUBLIC_GATEHOUSE_URL: z.url({ protocol: /^https?$/, error: 'must be the http(s) URL of the gateway' }),
  },
  {
    NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: process.env.NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY,
    NEXT_PUBLIC_CLERK_SIGN_IN_URL: process.env.NEXT_PUBLIC_CLERK_SIGN_IN_URL,
    NEXT_PUBLIC_CLERK_SIGN_UP_URL: process.env.NEXT_PUBLIC_CLERK_SIGN_UP_URL,
    NEXT_PUBLIC_GATEHOUSE_URL: process.env.NEXT_PUBLIC_GATEHOUSE_URL,
  },
);
