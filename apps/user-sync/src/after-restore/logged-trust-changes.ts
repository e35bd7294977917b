import { type TrustChange, trustChangeSchema } from '@gatehouse/contracts';
import { TRUST_CHANGE_MESSAGE } from '../trust-changes/trust-change-log';

/**
 * Reads the trust changes from user-sync's log, oldest first, each once. Every replica logs each trust change. Other
 * lines are ignored, and so is what a container runtime writes before the JSON. Ignores changes before `since`
 * (milliseconds since the epoch).
 */
export function readTrustChanges(log: string, since: number): TrustChange[] {
  const found = new Map<string, TrustChange>();
  for (const line of log.split('\n')) {
    if (!line.includes(`"${TRUST_CHANGE_MESSAGE}"`)) continue;
    const change = parse(line.slice(line.indexOf('{')));
    if (change !== undefined && change.at >= since) found.set(`${change.number} ${change.at}`, change);
  }
  return [...found.values()].sort((a, b) => a.at - b.at || a.number - b.number);
}

function parse(text: string): TrustChange | undefined {
  try {
    const line = JSON.parse(text) as { message?: unknown; change?: unknown };
    return line.message === TRUST_CHANGE_MESSAGE ? trustChangeSchema.safeParse(line.change).data : undefined;
  } catch {
    return undefined;
  }
}
