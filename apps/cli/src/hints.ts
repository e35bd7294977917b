import { type ClientCode, type GatehouseError, type Schemas } from '@gatehouse/client';

/** What an operator does next, by code. */
const hints: Partial<Record<Schemas['ProblemCode'] | ClientCode, string>> = {
  network_failed: 'Check the address (gatehouse profile show), and that the gateway runs.',
  timed_out: 'Try again; if it stays so, see the runbook “outage”.',
  response_invalid: 'The address is not that of a Gatehouse gateway, or a proxy answered in its place.',
  token_expired: 'Session tokens are valid for a minute: get a new one, or use an API key.',
  api_key_unknown: 'The key is not one of this deployment: check GATEHOUSE_URL and the key.',
  api_key_revoked: 'Create another API key, and store it: gatehouse profile add NAME URL',
  api_key_expired: 'Create another API key, and store it: gatehouse profile add NAME URL',
  scope_insufficient: 'Create an API key with the scope that is named.',
  rate_limited: 'Wait, and repeat the command.',
  unavailable: 'A service behind the gateway does not answer: gatehouse doctor --ops URL… says which.',
};

/** Returns what to do about an error, if there is something to say. */
export function hintFor({ code, status }: GatehouseError): string | undefined {
  const hint = hints[code as keyof typeof hints];
  if (hint !== undefined) return hint;
  if (status === 401) return 'Sign in: set GATEHOUSE_API_KEY, or store a key: gatehouse profile add NAME URL';
  if (status === 403) return 'This needs an admin; some actions reject API keys and need GATEHOUSE_TOKEN.';
  return undefined;
}
