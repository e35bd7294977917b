/** Reads a `bigint`, which pg returns as text, as a number. Our values are exact as JavaScript numbers. */
export const numeric = {
  from: (value: string | null): number | null => (value === null ? null : Number(value)),
  to: (value: number | null | undefined): number | null | undefined => value,
};
