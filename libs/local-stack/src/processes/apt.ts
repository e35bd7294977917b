import { join } from 'node:path';
import { makeDirectory } from './make-directory';

/** Options of every apt-get call: short timeouts and, when this process is root, downloads as root. */
export function aptOptions(): string[] {
  const settings = ['Acquire::http::Timeout=5', 'Acquire::https::Timeout=5', 'Acquire::Retries=0'];
  // As root, apt would download as user _apt, who cannot write into our folder.
  if (process.getuid?.() === 0) settings.push('APT::Sandbox::User=root');
  return settings.flatMap((setting) => ['-o', setting]);
}

/**
 * Further options, with which apt keeps its package lists in `directory`. Used when the system's lists are not usable.
 */
export function ownLists(directory: string): string[] {
  for (const folder of ['state/lists/partial', 'cache/archives/partial']) {
    makeDirectory(join(directory, folder));
  }
  return [
    `Dir::State=${join(directory, 'state')}`,
    `Dir::Cache=${join(directory, 'cache')}`,
    'Dir::State::status=/var/lib/dpkg/status',
    'Acquire::Languages=none',
    'APT::Update::Post-Invoke-Success::=',
  ].flatMap((setting) => ['-o', setting]);
}
