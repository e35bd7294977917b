const shown: Record<string, string> = {
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
  warn: 'WARN',
  error: 'ERROR',
  fatal: 'FATAL',
};

/** The fields of pino's lines that people read; the level as a number or by name. */
interface LogLine {
  level?: number | string;
  msg?: string;
  message?: string;
  err?: { message?: string };
}

/**
 * What the terminal shows of a line that a service wrote: warnings and worse, without the fields that only machines
 * read; undefined for everything else, which is in the log file.
 */
export function terminalLine(service: string, line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const { level, msg, message = msg ?? '', err } = JSON.parse(line) as LogLine;
    const name = shown[level ?? ''];
    if (!name) return undefined;
    const cause = err?.message && !message.includes(err.message) ? `: ${err.message}` : '';
    return `${service.padEnd(14)} ${name.padEnd(5)} ${message}${cause}`;
  } catch {
    return undefined;
  }
}
