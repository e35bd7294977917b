import { z } from 'zod';
import { policySchema } from './policy-schema';

/** JSON Schema of a policy file, for editors. Rules that concern several members are not in it. */
export function policyJsonSchema(): Readonly<Record<string, unknown>> {
  return {
    ...z.toJSONSchema(policySchema, { io: 'input', target: 'draft-2020-12' }),
    title: 'Gatehouse gate policy',
  };
}
