import { httpUrl } from '@gatehouse/config';

/** True for an HTTP URL without a user name and password. `fetch` cannot send a webhook to a URL with credentials. */
export function isEndpointUrl(text: string): boolean {
  if (!httpUrl.safeParse(text).success) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}
