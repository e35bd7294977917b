const names: Record<number, string> = { 40: 'WARN', 50: 'ERROR', 60: 'FATAL' };

/**
 * What the terminal shows of a line that a service wrote: warnings and worse, without the fields that only machines
 * read; undefined for everything else, which is in the log file.
 */
export function terminalLine(service: string, line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const { level, msg, err } = JSON.parse(line) as { level?: number; msg?: string; err?: { message?: string } };
    const name = names[level ?? 0];
    if (!name) return undefined;
    const cause = err?.message && !msg?.includes(err.message) ? `: ${err.message}` : '';
    return `${service.padEnd(14)} ${name.padEnd(5)} ${msg ?? ''}${cause}`;
  } catch {
    return undefined;
  }
}
