/** Licences that any dependency may have. */
const ALLOWED = new Set(['MIT', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', '0BSD', 'BlueOak-1.0.0']);

const lightningCssPlatforms = [
  ...['android-arm64', 'darwin-arm64', 'darwin-x64', 'freebsd-x64', 'linux-arm-gnueabihf', 'linux-arm64-gnu'],
  ...['linux-arm64-musl', 'linux-x64-gnu', 'linux-x64-musl', 'win32-arm64-msvc', 'win32-x64-msvc'],
];

/** Packages with another licence, with the reason why they may be used. */
const EXCEPTIONS: Readonly<Record<string, { readonly licence: string; readonly reason: string }>> = {
  argparse: { licence: 'Python-2.0', reason: 'permissive, as BSD' },
  'axe-core': {
    licence: 'MPL-2.0',
    reason: 'only tests run it, unchanged, in a browser; it is in nothing that we ship',
  },
  'caniuse-lite': { licence: 'CC-BY-4.0', reason: 'data about browsers, which only tests read' },
  ...Object.fromEntries(
    ['', ...lightningCssPlatforms.map((platform) => `-${platform}`)].map((suffix) => [
      `lightningcss${suffix}`,
      { licence: 'MPL-2.0', reason: 'Vite minifies style sheets with it, unchanged; it is in nothing that we ship' },
    ]),
  ),
  'fast-sha256': { licence: 'Unlicense', reason: 'public domain' },
  isbot: { licence: 'Unlicense', reason: 'public domain' },
  'railroad-diagrams': { licence: 'CC0-1.0', reason: 'public domain; only checks and tests use it' },
  tweetnacl: { licence: 'Unlicense', reason: 'public domain' },
};

/** Whether a licence, or one of its alternatives, is allowed. `A AND B` needs both. */
function isAllowed(licence: string): boolean {
  const expression = licence.replace(/^\((.*)\)$/, '$1');
  return expression.split(' OR ').some((choice) => choice.split(' AND ').every((part) => ALLOWED.has(part)));
}

/** What is wrong with a package's licence; undefined when it may be used. */
export function licenceFault(name: string, licence: string | undefined): string | undefined {
  if (licence === undefined) return `${name} names no licence`;
  if (isAllowed(licence) || EXCEPTIONS[name]?.licence === licence) return undefined;
  return `${name} has the licence ${licence}`;
}

/** Names of the packages that are excepted. */
export const exceptedPackages: readonly string[] = Object.keys(EXCEPTIONS);
