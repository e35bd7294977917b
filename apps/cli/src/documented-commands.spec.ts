import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runGatehouse } from './program';

/*
 * Operators copy commands from the runbooks at night, so each command and option of the documentation must exist.
 */
const root = join(__dirname, '../../..');
const pages = ['docs/runbooks', 'docs/how-to', 'docs/reference', 'docs', 'apps/cli'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(root, folder, name)),
);

/** Subcommands and options by command, as the script for bash has them. */
async function wordsByCommand(): Promise<Map<string, ReadonlySet<string>>> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const io = { stdin, stdout, stderr, env: {}, signal: new AbortController().signal };
  expect(await runGatehouse(['completion', 'bash'], io, '1')).toBe(0);
  stdout.end();
  const script = await text(stdout);
  return new Map(
    [...script.matchAll(/^ +"(.*)"\) words="(.*)" ;;$/gm)].map(([, path = '', words = '']) => [
      path,
      new Set(words.split(' ')),
    ]),
  );
}

/** Commands of a page: what follows `gatehouse` in its code. */
function commandsIn(page: string): string[] {
  const blocks = page.match(/```sh\n[^]*?```/g) ?? [];
  const spans = page.match(/`[^`\n]+`/g) ?? [];
  const code = [...blocks.map((block) => block.replaceAll('\\\n', ' ')), ...spans].join('\n');
  return [...code.matchAll(/(?:^|`|\$\(|&&|\|)\s*gatehouse ([a-z][^\n|#;`]*)/gm)].map(([, command = '']) =>
    command.trim(),
  );
}

it('each command and option in the documentation exists', async () => {
  const words = await wordsByCommand();
  const all = words.get('') ?? new Set();
  const found = pages.flatMap((page) => commandsIn(readFileSync(page, 'utf8')).map((command) => ({ page, command })));
  expect(found.length).toBeGreaterThan(50);
  const wrong = found.filter(({ command }) => {
    let path = '';
    return command.split(/\s+/).some((word) => {
      const known = words.get(path) ?? new Set();
      if (word.startsWith('--')) return !known.has(word.split('=')[0] ?? '') && !all.has(word);
      const isGroup = [...known].some((name) => !name.startsWith('--'));
      if (known.has(word)) path = `${path} ${word}`.trim();
      else if (isGroup && /^[a-z-]+$/.test(word)) return true;
      return false;
    });
  });
  expect(wrong.map(({ page, command }) => `${relative(root, page)}: gatehouse ${command}`)).toEqual([]);
});
