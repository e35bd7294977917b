import { z } from 'zod';

/** True or false, also as the text of a query parameter. */
export const flag = z.union([z.stringbool(), z.boolean()], 'must be true or false');
