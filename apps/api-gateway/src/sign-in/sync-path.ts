/** The path of the route to which browsers come after signing in. */
export const SYNC_PATH = '/api/clerk/syncUsers';
