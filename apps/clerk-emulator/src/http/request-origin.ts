import { AsyncLocalStorage } from 'node:async_hooks';

/** `event_attributes.http_request` of a webhook: who made the request that caused it. */
export interface RequestOrigin {
  client_ip: string;
  user_agent: string;
}

const storage = new AsyncLocalStorage<RequestOrigin>();

/** Runs `work` as caused by `origin`. */
export function withOrigin(origin: RequestOrigin, work: () => void): void {
  storage.run(origin, work);
}

/** Who made the request in hand. */
export function currentOrigin(): RequestOrigin {
  return storage.getStore() ?? { client_ip: '127.0.0.1', user_agent: 'clerk-emulator' };
}
