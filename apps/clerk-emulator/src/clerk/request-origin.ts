import { AsyncLocalStorage } from 'node:async_hooks';

/** `event_attributes.http_request` of a webhook: the client that caused the event. */
export interface RequestOrigin {
  client_ip: string;
  user_agent: string;
}

const storage = new AsyncLocalStorage<RequestOrigin>();

/** Runs `work` so that {@link currentOrigin} returns `origin` within it. */
export function withOrigin(origin: RequestOrigin, work: () => void): void {
  storage.run(origin, work);
}

/** The client of the current request; outside of requests, the emulator itself. */
export function currentOrigin(): RequestOrigin {
  return storage.getStore() ?? { client_ip: '127.0.0.1', user_agent: 'clerk-emulator' };
}
