import { httpUrl } from '@gatehouse/config';

/** True for where a webhook can be sent. Credentials in a URL are refused: `fetch` does not send them. */
export function isEndpointUrl(text: string): boolean {
  if (!httpUrl.safeParse(text).success) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}
