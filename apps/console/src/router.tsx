import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { EventPage } from './events/event-page';
import { readEventSearch } from './events/event-search';
import { EventsPage } from './events/events-page';
import { OverviewPage } from './overview/overview-page';
import { NotFound } from './shell/not-found';
import { Shell } from './shell/shell';
import { UserPage } from './users/user-page';
import { UsersPage } from './users/users-page';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const overview = createRoute({ getParentRoute: () => root, path: '/', component: OverviewPage });
const events = createRoute({
  getParentRoute: () => root,
  path: '/events',
  component: EventsPage,
  validateSearch: readEventSearch,
});
const event = createRoute({ getParentRoute: () => root, path: '/events/$id', component: EventPage });
const users = createRoute({
  getParentRoute: () => root,
  path: '/users',
  component: UsersPage,
  validateSearch: ({ q }: Record<string, unknown>): { q?: string } => (typeof q === 'string' && q !== '' ? { q } : {}),
});
const user = createRoute({ getParentRoute: () => root, path: '/users/$id', component: UserPage });

/** Every page has an address of its own, so that it can be sent to somebody. */
export const router = createRouter({
  routeTree: root.addChildren([overview, events, event, users, user]),
  basepath: '/console',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
