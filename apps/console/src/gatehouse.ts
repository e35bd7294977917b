import { createGatehouse } from '@gatehouse/client';

/** The admin API, on the console's own origin. The browser adds the session cookie, which no script can read. */
export const gatehouse = createGatehouse({ baseUrl: window.location.origin, getToken: () => null });
