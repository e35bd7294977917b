import { type GatehouseError, type Schemas } from '@gatehouse/client';
import { usePage } from './context';
import { useUser } from './person';

/** What {@link useQuotas} returns. */
export interface QuotasState {
  /** What is left of the month's tokens and uploads; null until it is known. */
  readonly quotas: Schemas['UserQuotas'] | null;
  readonly isLoading: boolean;
  readonly error: GatehouseError | null;
  /** Asks again. Changes arrive by themselves while live updates are open. */
  readonly refresh: () => Promise<void>;
}

/** Returns what the person who is signed in may still use this month. */
export function useQuotas(): QuotasState {
  const { signIn } = usePage();
  const { user, isLoading, error } = useUser();
  return { quotas: user?.quotas ?? null, isLoading, error, refresh: () => signIn.retry() };
}
