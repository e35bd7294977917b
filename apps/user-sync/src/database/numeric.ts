/** pg gives `bigint` as text; ours are whole numbers that JavaScript holds exactly. */
export const numeric = {
  from: (value: string | null): number | null => (value === null ? null : Number(value)),
  to: (value: number | null | undefined): number | null | undefined => value,
};
