const numbers = new Intl.NumberFormat();

/** A whole number with separators, in the language of the reader. */
export function count(value: number): string {
  return numbers.format(value);
}

/** A duration in the largest fitting unit, such as `12 ms`, `3.4 s` or `2 h 5 min`. */
export function duration(ms: number | null): string {
  if (ms === null) return '–';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(ms / 3_600_000);
  return joined(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** A sentence of a fragment, as services write reasons: `a webhook arrived` becomes `A webhook arrived.` */
export function sentence(fragment: string): string {
  return `${fragment.charAt(0).toUpperCase()}${fragment.slice(1)}${fragment.endsWith('.') ? '' : '.'}`;
}

function joined(large: number, unit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smallUnit}`;
}
