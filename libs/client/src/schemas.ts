import { type components } from './generated/api';

/** Bodies and responses of the gateway, by name. */
export type Schemas = components['schemas'];
