import { z } from 'zod';
import { wholeNumber } from './variables';

/** Variables of a retry schedule: base and cap in milliseconds, and the maximum number of retries. */
export function retryVariables(defaults: { baseMs: number; capMs: number; maxRetries: number }) {
  return {
    RETRY_BASE_MS: wholeNumber.min(1).default(defaults.baseMs),
    RETRY_CAP_MS: wholeNumber.min(1).default(defaults.capMs),
    RETRY_MAX: wholeNumber.max(1_000).default(defaults.maxRetries),
  };
}

const bothGiven = z.looseObject({ RETRY_BASE_MS: z.number(), RETRY_CAP_MS: z.number() });

/**
 * Adds a rule to the schema: the cap of the retry delay must not be below its base. A violation is reported together
 * with all other faults.
 */
export function withRetryInOrder<Schema extends z.ZodObject>(schema: Schema): Schema {
  return schema.refine(
    (env) => {
      const { RETRY_BASE_MS, RETRY_CAP_MS } = bothGiven.parse(env);
      return RETRY_CAP_MS >= RETRY_BASE_MS;
    },
    {
      path: ['RETRY_CAP_MS'],
      message: 'is below RETRY_BASE_MS',
      when: ({ value }) => bothGiven.safeParse(value).success,
    },
  );
}
