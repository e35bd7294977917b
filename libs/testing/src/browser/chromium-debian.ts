import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailedError } from '@gatehouse/local-stack';
import { unpackDebianPackages, type DebianProgram } from '../debian-packages';

/** A Chromium program, and the variables to add to its environment. */
export interface ChromiumProgram {
  path: string;
  env: Record<string, string>;
}

/** Where to unpack Chromium. */
export type ChromiumUnpack = Pick<DebianProgram, 'directory' | 'aptDirectory' | 'onProgress'>;

const program = 'usr/lib/chromium/chromium';

/**
 * Unpacks Chromium, and the packages that it needs and this system lacks.
 * @throws CommandFailedError
 */
export async function unpackDebianChromium(place: ChromiumUnpack): Promise<ChromiumProgram> {
  await unpackDebianPackages({
    packageName: 'chromium',
    installedPackages: ['chromium'],
    // Chromium draws no text without a font.
    extraPackages: ['fonts-dejavu-core'],
    program,
    ...place,
  });
  const found = unpackedChromium(place.directory);
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

/**
 * Finds the folders that contain libraries: `folder` and its subfolders, down to `depth` levels. Chromium needs the
 * PulseAudio libraries, some of which Debian puts into a subfolder.
 */
function libraryFolders(folder: string, depth = 2): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  const own = entries.some((entry) => /\.so(\.|$)/.test(entry.name)) ? [folder] : [];
  const below = entries.filter((entry) => entry.isDirectory() && depth > 0);
  return [...own, ...below.flatMap((entry) => libraryFolders(join(folder, entry.name), depth - 1))];
}

/**
 * Writes settings for fontconfig, because the system may have none. They name the folders of the unpacked fonts and of
 * the system's fonts.
 * @returns the path of the settings file
 */
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
