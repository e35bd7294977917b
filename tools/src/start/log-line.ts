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
  webhookId?: unknown;
  reason?: unknown;
  error?: unknown;
  err?: unknown;
  failure?: unknown;
}

const longest = 200;

/**
 * What the terminal shows of a line that a service wrote: warnings and worse, without the fields that only machines
 * read but with what went wrong and with which webhook; undefined for everything else, which is in the log file.
 */
export function terminalLine(service: string, line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const { level, msg, message = msg ?? '', webhookId, ...causes } = JSON.parse(line) as LogLine;
    const name = shown[level ?? ''];
    if (!name) return undefined;
    let text = message;
    for (const cause of [causes.failure, causes.err, causes.error, causes.reason].map(textOf)) {
      if (cause && !text.includes(cause)) text += `: ${cause}`;
    }
    const webhook = textOf(webhookId);
    return `${service.padEnd(14)} ${name.padEnd(5)} ${text}${webhook && ` (${webhook})`}`;
  } catch {
    return undefined;
  }
}

/** One line for a terminal: of an error its message, nothing of any other object. */
function textOf(value: unknown): string {
  const text = typeof value === 'object' && value !== null && 'message' in value ? value.message : value;
  if (typeof text !== 'string') return '';
  // A message may come from outside; what moves a cursor stays in the log file.
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}
