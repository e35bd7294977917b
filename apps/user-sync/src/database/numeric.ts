/**
 * Transformer of `bigint` columns: pg returns text, which becomes a number. All values stored here are exact as
 * JavaScript numbers.
 */
export const numeric = {
  from: (value: string | null): number | null => (value === null ? null : Number(value)),
  to: (value: number | null | undefined): number | null | undefined => value,
};
