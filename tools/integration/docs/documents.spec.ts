import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { anchorsOf, linkFault, linksIn, markdownFiles, pathsIn, root, textOf } from './markdown';

const pages = markdownFiles();
/** GitHub shows these texts under other addresses, so their links are relative to those. */
const shownElsewhere = /^\.github\//;

it('the tests of the documentation find its pages', () => {
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/README.md', 'docs/reference/glossary.md']));
});

describe.each(pages.filter((page) => !shownElsewhere.test(page)))('the page %s', (page) => {
  it('has no link to a missing file or heading', () => {
    expect(linksIn(textOf(page)).flatMap((link) => linkFault(page, link) ?? [])).toEqual([]);
  });

  it('names in code spans only paths that exist', () => {
    expect(pathsIn(textOf(page)).filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

it('reaches every page of docs/ by links from docs/README.md', () => {
  const reached = new Set<string>();
  const waiting = ['docs/README.md'];
  for (let page = waiting.pop(); page !== undefined; page = waiting.pop()) {
    if (reached.has(page)) continue;
    reached.add(page);
    for (const link of linksIn(textOf(page))) {
      const target = join(page, '..', link.split('#')[0] ?? '');
      if (pages.includes(target)) waiting.push(target);
    }
  }
  expect(pages.filter((page) => page.startsWith('docs/') && !reached.has(page))).toEqual([]);
});

it('lists every decision record in docs/adr/README.md', () => {
  const records = readdirSync(join(root, 'docs/adr')).filter((name) => /^\d/.test(name));
  expect(linksIn(textOf('docs/adr/README.md')).sort()).toEqual(records.sort());
});

it('installs our packages from tarballs on every page: no registry has them', () => {
  const fromRegistry = /\b(npm (i|install|add)|yarn add|pnpm add)\b[^\n]*\s@gatehouse\/[^\n]*/g;
  expect(pages.flatMap((page) => (textOf(page).match(fromRegistry) ?? []).map((line) => `${page}: ${line}`))).toEqual(
    [],
  );
});

describe('the check of links', () => {
  it.each([
    ['a file that is missing', 'no-such-page.md'],
    ['a heading that is missing', 'README.md#no-such-heading'],
    ['a heading of its own page that is missing', '#no-such-heading'],
  ])('reports %s', (_, link) => {
    expect(linkFault('README.md', link)).toContain(link);
  });

  it('numbers headings with the same text as GitHub does', () => {
    expect([...anchorsOf('# A `b`, c!\n## Same\n## Same\n```sh\n# not a heading\n```\n')]).toEqual([
      'a-b-c',
      'same',
      'same-1',
    ]);
  });
});

it.each(readdirSync(join(root, 'docs/runbooks')).filter((name) => name !== 'README.md'))(
  'the runbook %s has Symptom, Impact, Diagnose, Fix and Verify, in this order',
  (name) => {
    const parts = [...textOf(`docs/runbooks/${name}`).matchAll(/^(?:## |\*\*)([A-Z][a-z]+)/gm)].map(([, part]) => part);
    const wanted = ['Symptom', 'Impact', 'Diagnose', 'Fix', 'Verify'];
    expect(parts.filter((part) => wanted.includes(part ?? ''))).toEqual(wanted);
  },
);
