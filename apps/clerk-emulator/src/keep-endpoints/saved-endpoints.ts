import { z } from 'zod';
import { savedRecord } from '../persist-state/saved-state';
import { type Endpoint } from './endpoint';

const endpoint = savedRecord<Endpoint>({
  id: z.string(),
  url: z.url(),
  secret: z.string(),
  event_types: z.array(z.string()),
  previous_secrets: z.array(z.looseObject({ secret: z.string(), expires_at: z.number() })),
});

/** Field of the state file that holds the endpoints that the control API created. */
export const savedEndpoints = z.object({ endpoints: z.array(endpoint).default([]) });
