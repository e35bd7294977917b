/** How something stands; each has a colour, and never stands by colour alone. */
export type Tone = 'good' | 'wait' | 'bad' | 'neutral';

/** A short word about the state of something. */
export function Badge({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return <span className={`badge ${tone}`}>{children}</span>;
}
