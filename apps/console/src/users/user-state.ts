import { type EntryOf } from '@gatehouse/client';
import { type Tone } from '../ui/badge';

/** What is read of a user to tell how it stands. */
type Standing = Pick<
  EntryOf<'/admin/users'>,
  'deletedAt' | 'isActive' | 'clerkBanned' | 'clerkDeprovisioned' | 'clerkLocked'
>;

/** How a user stands: one word and its tone. The first that holds. */
export function stateOf(user: Standing): readonly [text: string, tone: Tone] {
  if (user.deletedAt !== null) return ['deleted', 'neutral'];
  if (!user.isActive) return ['deactivated', 'bad'];
  if (user.clerkBanned) return ['banned', 'bad'];
  if (user.clerkDeprovisioned) return ['deprovisioned', 'bad'];
  return user.clerkLocked ? ['locked', 'wait'] : ['active', 'good'];
}
