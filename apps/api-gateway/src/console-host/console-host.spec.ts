import { ConsoleHost } from './console-host';

it.each([
  ['https://console.example.com', undefined],
  ['https://console.example.com:8443', undefined],
  ['http://console.localhost:8080', undefined],
  ['http://127.0.0.1:8080', undefined],
  ['http://[::1]:8080', undefined],
  ['http://console.example.com', 'must begin with https://'],
  ['http://localhost.example.com', 'must begin with https://'],
  ['http://127.0.0.1.example.com', 'must begin with https://'],
  ['https://example.com/console', 'must be an origin without a path'],
  ['https://console.example.com?a=b', 'must be an origin without a path'],
  ['https://ada:secret@console.example.com', 'must not hold a user name or password'],
])('as the address of the console, %s has the fault: %s', (url, fault) => {
  expect(ConsoleHost.faultOf(url)).toEqual(fault === undefined ? undefined : expect.stringContaining(fault));
});

it('only a request with exactly the host of the console was sent to it', () => {
  const sentTo = (url: string, host?: string) => new ConsoleHost(url).includes({ headers: { host } });
  expect(sentTo('https://console.example.com', 'console.example.com')).toBe(true);
  expect(sentTo('https://console.example.com:443', 'Console.Example.com')).toBe(true);
  expect(sentTo('http://console.localhost:8080', 'console.localhost:8080')).toBe(true);
  for (const host of [
    'example.com',
    'api.example.com',
    'console.example.com:8443',
    'console.example.com.',
    undefined,
  ]) {
    expect([host, sentTo('https://console.example.com', host)]).toEqual([host, false]);
  }
});

it('over TLS the cookie has a name that no other host can set', () => {
  expect(new ConsoleHost('https://console.example.com').cookieName).toBe('__Host-gatehouse-console');
  expect(new ConsoleHost('http://console.localhost:8080').cookieName).toBe('gatehouse-console');
});
