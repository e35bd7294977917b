const shown: Record<string, string> = {
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
  warn: 'WARN',
  error: 'ERROR',
  fatal: 'FATAL',
};

/** Messages that answer what a person has just done: saved the policy file. */
const announced = new Set(['gate policy changed', 'policy file holds the policy in use again']);

/** The fields of pino's log lines that `terminalLine` reads. `level` is a number or a name. */
interface LogLine {
  level?: number | string;
  msg?: string;
  message?: string;
  webhookId?: unknown;
  reason?: unknown;
  problem?: unknown;
  error?: unknown;
  err?: unknown;
  failure?: unknown;
}

const longest = 200;

/**
 * Converts a log line of a service to what the terminal shows: the message of a warning or error, with its cause and
 * webhook id, and that a policy file was taken over. Returns undefined for any other line, which appears only in the log file.
 */
export function terminalLine(service: string, line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const { level, msg, message = msg ?? '', webhookId, ...causes } = JSON.parse(line) as LogLine;
    const name = shown[level ?? ''] ?? (announced.has(message) ? 'INFO' : undefined);
    if (!name) return undefined;
    let text = message;
    for (const cause of [causes.failure, causes.err, causes.error, causes.reason, causes.problem].map(textOf)) {
      if (cause && !text.includes(cause)) text += `: ${cause}`;
    }
    const webhook = textOf(webhookId);
    return `${service.padEnd(14)} ${name.padEnd(5)} ${text}${webhook && ` (${webhook})`}`;
  } catch {
    return undefined;
  }
}

/** One line for a terminal: a text, or the message of an error. Empty for other objects. */
function textOf(value: unknown): string {
  const text = typeof value === 'object' && value !== null && 'message' in value ? value.message : value;
  if (typeof text !== 'string') return '';
  // Removes control characters, which could move the cursor: the text may come from an outside caller.
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}
