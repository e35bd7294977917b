import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { aptOptions, CommandFailedError, makeDirectory, ownLists, runCommand } from '@gatehouse/local-stack';

/** A Chromium program, and the variables to add to its environment. */
export interface ChromiumProgram {
  path: string;
  env: Record<string, string>;
}

/** Where to unpack Chromium. */
export interface ChromiumUnpack {
  /** Folder for the unpacked packages. */
  directory: string;
  /** Holds our own package lists when the system's are not usable. */
  aptDirectory: string;
  onProgress?: (message: string) => void;
}

const program = 'usr/lib/chromium/chromium';
const DOWNLOAD_LIMIT_MS = 300_000;

/**
 * Unpacks Chromium, and the packages that it needs and this system lacks, without installing them and without root. apt
 * checks the signature of each package.
 * @throws CommandFailedError
 */
export async function unpackDebianChromium(options: ChromiumUnpack): Promise<ChromiumProgram> {
  const parent = dirname(options.directory);
  makeDirectory(parent);
  const work = mkdtempSync(join(parent, 'unpack-chromium-'));
  const aptDirectory = `${options.aptDirectory}-${process.pid}`;
  try {
    await download(work, aptDirectory, options.onProgress);
    for (const file of readdirSync(work).filter((name) => name.endsWith('.deb'))) {
      await runCommand('dpkg', ['-x', file, 'unpacked'], { cwd: work, timeoutMs: 120_000 });
    }
    const unpacked = join(work, 'unpacked');
    if (!existsSync(join(unpacked, program))) throw new CommandFailedError('the Debian packages contain no Chromium');
    // Another process may have unpacked it meanwhile.
    if (!unpackedChromium(options.directory)) renameSync(unpacked, options.directory);
  } finally {
    for (const folder of [work, aptDirectory]) rmSync(folder, { recursive: true, force: true });
  }
  const found = unpackedChromium(options.directory);
  if (!found) throw new CommandFailedError('the unpacked Chromium is missing');
  return found;
}

/** The Chromium that {@link unpackDebianChromium} has unpacked into a folder; undefined when there is none. */
export function unpackedChromium(directory: string): ChromiumProgram | undefined {
  const path = join(directory, program);
  if (!existsSync(path)) return undefined;
  const libraries = ['lib', 'usr/lib'].flatMap((folder) => libraryFolders(join(directory, folder)));
  return {
    path,
    env: {
      LD_LIBRARY_PATH: [...libraries, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
      FONTCONFIG_FILE: writeFontSettings(directory),
      XDG_DATA_DIRS: `${join(directory, 'usr/share')}:/usr/local/share:/usr/share`,
    },
  };
}

/** Downloads with the package lists of the system, otherwise with lists fetched for this purpose. */
async function download(work: string, aptDirectory: string, onProgress?: (message: string) => void): Promise<void> {
  const fetchAll = async (apt: string[]): Promise<void> => {
    const simulate = [...apt, 'install', '--simulate', '--no-install-recommends', 'chromium'];
    const plan = await runCommand('apt-get', simulate, { cwd: work, timeoutMs: 60_000 });
    const missing = [...plan.matchAll(/^Inst (\S+)/gm)].map((match) => match[1] ?? '');
    // The packages are installed although the program was not found: Chromium alone is enough.
    const packages = missing.length > 0 ? missing : ['chromium'];
    onProgress?.(`fetching ${packages.length} packages`);
    // Chromium draws no text without a font.
    await runCommand('apt-get', [...apt, 'download', ...packages, 'fonts-dejavu-core'], {
      cwd: work,
      timeoutMs: DOWNLOAD_LIMIT_MS,
    });
  };
  await fetchAll(aptOptions()).catch(async () => {
    onProgress?.("the system's package lists are not usable; fetching our own");
    const own = [...aptOptions(), ...ownLists(aptDirectory)];
    // It also fails when one third-party source is unavailable. The download below decides.
    await runCommand('apt-get', [...own, 'update'], { cwd: work, timeoutMs: 90_000 }).catch(() => undefined);
    await fetchAll(own);
  });
}

/** A folder and its subfolders that contain libraries; PulseAudio has private ones in a subfolder. */
function libraryFolders(folder: string, depth = 2): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  const own = entries.some((entry) => /\.so(\.|$)/.test(entry.name)) ? [folder] : [];
  const below = entries.filter((entry) => entry.isDirectory() && depth > 0);
  return [...own, ...below.flatMap((entry) => libraryFolders(join(folder, entry.name), depth - 1))];
}

/** Writes settings for fontconfig, which the system may lack: fonts of the unpacked packages and of the system. */
function writeFontSettings(directory: string): string {
  const file = join(directory, 'fonts.conf');
  const folders = [join(directory, 'usr/share/fonts'), '/usr/share/fonts'];
  const text = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
${folders.map((folder) => `  <dir>${folder}</dir>`).join('\n')}
  <cachedir>${join(directory, 'font-cache')}</cachedir>
</fontconfig>
`;
  writeFileSync(file, text);
  return file;
}
