import { secretVariables } from '@gatehouse/config';
import { natsPasswordVariable, serviceNames } from '@gatehouse/contracts';
import { textOf } from './markdown';

const page = textOf('docs/reference/configuration.md');

/** The variables that the first column of a page's tables names. */
function documented(text: string): string[] {
  return [...text.matchAll(/^\| (`[A-Z][^|]*) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([A-Z][A-Z0-9_]*)`/g)].map(([, name = '']) => name),
  );
}

/** The variables that a module declares as members of a schema, or that it spells out. */
function declared(path: string): string[] {
  return [...textOf(path).matchAll(/^ +([A-Z][A-Z0-9_]{3,}): |'(CLERK_[A-Z_]+)'/gm)].map(
    ([, member, text]) => member ?? text ?? '',
  );
}

const shared = ['libs/config/src/variables.ts', 'libs/config/src/retry.ts'].flatMap(declared);

it.each(serviceNames)('docs/reference/configuration.md lists every variable that %s reads', (service) => {
  const own = declared(`apps/${service}/src/config.ts`);
  const names = new Set([...own, ...shared, natsPasswordVariable(service)]);
  expect(own).not.toEqual([]);
  expect([...names].filter((name) => !documented(page).includes(name))).toEqual([]);
});

it("the emulator's README lists every variable that the emulator reads", () => {
  const names = new Set(declared('apps/clerk-emulator/src/config.ts'));
  expect([...names].filter((name) => !textOf('apps/clerk-emulator/README.md').includes(`\`${name}\``))).toEqual([]);
});

it('docs/reference/configuration.md lists no variable that nothing reads', () => {
  const read = [...shared, ...serviceNames.flatMap((service) => declared(`apps/${service}/src/config.ts`))];
  const ofNpmStart =
    /^(GATEHOUSE_|NATS_SERVER_|NATS_PASSWORD_|INGEST_DATABASE_URL|USERS_DATABASE_URL|DATA_DATABASE_URL|DATA_WORKER_DATABASE_URL)/;
  expect(documented(page).filter((name) => !read.includes(name) && !ofNpmStart.test(name))).toEqual([]);
});

it('docs/reference/configuration.md lists every secret variable of a service among those with a file', () => {
  const section = page.slice(page.indexOf('### Secrets in files')).split('\n###')[0] ?? '';
  const ofServices = secretVariables.filter((name) => !name.startsWith('CLERK_EMULATOR_'));
  expect(documented(section).sort()).toEqual([...ofServices].sort());
});
