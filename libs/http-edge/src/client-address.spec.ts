import { clientAddress } from './client-address';

describe('the address of a client', () => {
  it.each([
    ['198.51.100.7', '198.51.100.7'],
    ['198.51.100.7:40001', '198.51.100.7'],
    ['"198.51.100.7:40001"', '198.51.100.7'],
    ['2001:db8::7', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['[2001:db8::7]:40001', '2001:db8::7'],
    ['"[2001:db8::7]:40001"', '2001:db8::7'],
    ['::ffff:198.51.100.7', '198.51.100.7'],
    ['[::ffff:198.51.100.7]:40001', '198.51.100.7'],
    ['::ffff:c633:6407', '198.51.100.7'],
  ])('of %s is %s', (text, address) => expect(clientAddress(text)).toBe(address));

  it.each(['', 'unknown', '_hidden', '198.51.100.7:', '198.51.100.7:x', '198.51.100.300:1', '[198.51', '[]:1', ':1'])(
    'of %j is undefined',
    (text) => expect(clientAddress(text)).toBeUndefined(),
  );
});
