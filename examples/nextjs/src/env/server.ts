import { z } from 'zod';
import { clientEnvironment } from './client';
import { parseEnvironment } from './parse-environment';

/** Variables of the server alone. */
export const serverEnvironment = parseEnvironment(
  {
    CLERK_SECRET_KEY: z.string('is required').regex(/^sk_(test|live)_/, 'must begin with sk_test_ or sk_live_'),
    // An address of the gateway inside your network, if it has one.
    GATEHOUSE_URL: z
      .url({ protocol: /^https?$/, error: 'must be the http(s) URL of the gateway' })
      .default(clientEnvironment.NEXT_PUBLIC_GATEHOUSE_URL),
  },
  process.env,
);
