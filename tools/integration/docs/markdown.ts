import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** The folder of this checkout. */
export const root = join(__dirname, '../../..');

const generated = new Set(['node_modules', 'dist', '.gatehouse', '.nx', '.git']);

/** Every Markdown file of this checkout, relative to its root. */
export function markdownFiles(folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return generated.has(entry.name) ? [] : markdownFiles(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** The text of a file of this checkout. */
export const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The targets of all Markdown links in a text, outside of code blocks. */
export function linksIn(text: string): string[] {
  return [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** The anchors of a text's headings, as GitHub makes them. */
export function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of prose(text).matchAll(/^#+ (.*)$/gm)) {
    const slug = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .trim()
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let repeat = 1; anchors.has(anchor); repeat++) anchor = `${slug}-${repeat}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** Why a relative link leads nowhere; undefined when it is fine or leads out of the checkout. */
export function linkFault(page: string, link: string): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(root, target))) return `${page}: ${link} is not there`;
  if (anchor === undefined || !target.endsWith('.md')) return undefined;
  return anchorsOf(textOf(target)).has(anchor) ? undefined : `${page}: ${link} names no heading`;
}

/** The paths of this repository that a text names in code spans, such as `libs/auth/src/jwt.ts`. */
export function pathsIn(text: string): string[] {
  return [...prose(text).matchAll(/`((?:apps|libs|tools|docs|e2e|bench|\.ci|\.github)\/[\w./@-]+)`/g)].map(
    ([, path = '']) => path,
  );
}

function prose(text: string): string {
  return text.replaceAll(/^( *)```[^]*?^\1```$/gm, '');
}
