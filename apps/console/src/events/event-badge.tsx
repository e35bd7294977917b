import { Badge, type Tone } from '../ui/badge';

const tones: Readonly<Record<string, Tone>> = {
  success: 'good',
  failed: 'bad',
  invalid: 'bad',
  pending: 'wait',
  processing: 'wait',
};

/** The status of an event. */
export function EventBadge({ status }: { readonly status: string }) {
  return <Badge tone={tones[status] ?? 'neutral'}>{status}</Badge>;
}
