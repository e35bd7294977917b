/** Shown where there is no value. */
export const NONE = '–';

/** A time of the API, in UTC to the second: `2026-01-05 10:00:00`. */
export function time(iso: string | null | undefined): string {
  return iso == null ? NONE : iso.slice(0, 19).replace('T', ' ');
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** A length of time in its two largest units: `2 h 5 min`. Below one second in milliseconds. */
export function duration(ms: number | null | undefined): string {
  if (ms == null) return NONE;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  let left = Math.round(ms / 1_000);
  const parts: string[] = [];
  for (const [unit, seconds] of UNITS) {
    const count = Math.floor(left / seconds);
    if (count > 0) parts.push(`${count} ${unit}`);
    else if (parts.length > 0) break;
    left -= count * seconds;
  }
  return parts.slice(0, 2).join(' ');
}

/** A whole number with groups of three digits: `1 000 000`. */
export function count(value: number | null | undefined): string {
  return value == null ? NONE : String(value).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');
}

/** Yes or no. */
export function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

/** Counts by name: `12 success, 3 failed`. Zero counts are left out. */
export function counts(values: Readonly<Record<string, number>>): string {
  const parts = Object.entries(values).filter(([, value]) => value > 0);
  return parts.length === 0 ? NONE : parts.map(([name, value]) => `${count(value)} ${name}`).join(', ');
}
