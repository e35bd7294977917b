import { httpUrl } from '@gatehouse/config';

/** True for a URL that webhooks can be sent to. Rejects credentials in a URL, because `fetch` rejects them. */
export function isEndpointUrl(text: string): boolean {
  if (!httpUrl.safeParse(text).success) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}
