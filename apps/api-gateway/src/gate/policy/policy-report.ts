import { type RouteExplanation, routeReasons } from './explain-route';
import { type Policy } from './policy';
import { type Route } from './route';

const HEADINGS = ['#', 'HOST', 'PATH', 'METHODS', 'TO', 'OPEN TO', 'CREDENTIALS', 'RATE'];

/** The part of an explanation that is printed. */
interface Explained {
  readonly detail: string;
  readonly tried: RouteExplanation['routes'];
}

/** Prints what a policy opens, and to whom, one line for each route in the order in which they are tried. */
export function policyReport({ routes }: Policy): string {
  if (routes.length === 0) return 'The policy has no routes: every request is rejected.\n';
  const rows = routes.map((route) => [
    `${route.index}`,
    route.host ?? '*',
    route.path,
    route.methods === undefined ? '*' : [...route.methods].join(' '),
    route.upstream === undefined ? `forward auth (${route.audience})` : route.upstream.name,
    openTo(route),
    [...route.credentials].join(' ') || '-',
    route.rateClass,
  ]);
  const open = routes.filter(({ access }) => access === 'public').length;
  const summary = `${routes.length} routes, ${open} of them public. Every other request is rejected.`;
  return [columns([HEADINGS, ...rows]), ...cookieLines(routes), summary, ''].join('\n');
}

/** Prints what becomes of a request at each edge of the gate, and why each earlier route does not decide. */
export function explanationReport(atEdges: readonly (readonly [edge: string, explanation: Explained])[]): string {
  const [longest = []] = atEdges.map(([, { tried }]) => tried).sort((one, other) => other.length - one.length);
  const lines = longest.map(({ route, reason }) => `routes[${route.index}] ${route.path} ${routeReasons[reason]}`);
  return [...lines, ...atEdges.map(([edge, { detail }]) => `${edge}: ${detail}`), ''].join('\n');
}

/** Which routes accept the session cookie, from where, and what that needs. */
function cookieLines(routes: readonly Route[]): string[] {
  const accepting = routes.filter(({ credentials }) => credentials.has('cookie'));
  if (accepting.length === 0) return [];
  return [
    "Clerk's session cookie is accepted for GET and HEAD of the same origin, and for everything from pages of:",
    ...accepting.map(({ index, origins = ['PUBLIC_URL'] }) => `  routes[${index}]: ${origins.join(' ')}`),
    'It needs CLERK_AUTHORIZED_PARTIES: the origins of the pages that sign in.',
    '',
  ];
}

/** Who may pass, in words. */
export function openTo({ access, roles, tiers, scope, credentials }: Route): string {
  if (access === 'public') return 'everybody';
  const people = [
    access === 'admin' ? 'admins' : 'users',
    ...(roles === undefined ? [] : [`with role ${roles.join(' or ')}`]),
    ...(tiers === undefined ? [] : [`with tier ${tiers.join(' or ')}`]),
  ].join(' ');
  if (!credentials.has('api_key')) return people;
  const hasSessions = credentials.has('bearer') || credentials.has('cookie');
  if (!hasSessions) return `API keys of ${people}${scope === undefined ? '' : `, with ${scope}`}`;
  return `${people}; ${scope === undefined ? 'all API keys' : `API keys with ${scope}`}`;
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
