import { z } from 'zod';
import { ConsoleHost } from './console-host/console-host';
import { PolicyFile } from './gate/policy/policy-file';

/** A rule about several variables. Checked where `of` can read them, so that its fault is reported with all others. */
interface VariableRule {
  readonly of: z.ZodType;
  readonly holds: (variables: never) => boolean;
  /** Variable that the fault names, and the fault. */
  readonly name: string;
  readonly message: string;
}

function rule<Schema extends z.ZodType>(
  of: Schema,
  holds: (variables: z.output<Schema>) => boolean,
  name: string,
  message: string,
): VariableRule {
  return { of, holds, name, message };
}

const parties = z.looseObject({ CLERK_REQUIRE_AZP: z.boolean(), CLERK_AUTHORIZED_PARTIES: z.array(z.string()) });
const policy = z.looseObject({ GATE_FILE: z.custom((value) => value instanceof PolicyFile) });
const cookieRoutes = z.looseObject({
  CLERK_AUTHORIZED_PARTIES: z.array(z.string()),
  GATE_FILE: z.custom<PolicyFile>((value) => value instanceof PolicyFile && value.policy.current.acceptsCookies),
});
const forwardAuth = z.looseObject({ FORWARD_AUTH: z.string() });

const addresses = z.looseObject({
  CONSOLE_URL: z.custom<ConsoleHost>((value) => value instanceof ConsoleHost),
  PUBLIC_URL: z.string(),
});

const rules: readonly VariableRule[] = [
  rule(
    parties,
    ({ CLERK_REQUIRE_AZP, CLERK_AUTHORIZED_PARTIES }) => !CLERK_REQUIRE_AZP || CLERK_AUTHORIZED_PARTIES.length > 0,
    'CLERK_REQUIRE_AZP',
    'needs CLERK_AUTHORIZED_PARTIES: without it every token would be rejected',
  ),
  rule(
    policy,
    ({ ASSERTION_PRIVATE_KEYS }) => ASSERTION_PRIVATE_KEYS !== undefined,
    'ASSERTION_PRIVATE_KEYS',
    'is required with GATE_FILE: it signs the assertions that tell services behind the gate who the caller is',
  ),
  rule(
    cookieRoutes,
    ({ CLERK_AUTHORIZED_PARTIES }) => CLERK_AUTHORIZED_PARTIES.length > 0,
    'CLERK_AUTHORIZED_PARTIES',
    'is required, because GATE_FILE has a route that accepts the session cookie: list the origins of the pages that sign in',
  ),
  rule(
    addresses,
    ({ CONSOLE_URL, PUBLIC_URL }) => CONSOLE_URL.hostname !== new URL(PUBLIC_URL).hostname,
    'CONSOLE_URL',
    'must have another host than PUBLIC_URL; another port is not enough, because browsers send cookies to every port',
  ),
  rule(
    forwardAuth,
    ({ GATE_FILE }) => GATE_FILE !== undefined,
    'FORWARD_AUTH',
    'needs GATE_FILE: without a policy every request would be refused',
  ),
  rule(
    forwardAuth,
    ({ FORWARD_AUTH_PROXIES }) => !Array.isArray(FORWARD_AUTH_PROXIES) || FORWARD_AUTH_PROXIES.length > 0,
    'FORWARD_AUTH',
    'needs FORWARD_AUTH_PROXIES: only the proxies that it lists may ask',
  ),
];

/** Makes the schema of the variables reject combinations that cannot work. */
export function withRules<Schema extends z.ZodObject>(schema: Schema): Schema {
  return rules.reduce(
    (checked, { of, holds, name, message }) =>
      checked.refine((env) => holds(of.parse(env) as never), {
        ...{ path: [name], message },
        when: ({ value }) => of.safeParse(value).success,
      }),
    schema,
  );
}
