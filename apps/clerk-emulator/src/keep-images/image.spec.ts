import { imageTypeOf } from './image';

it.each([
  ['89504e470d0a1a0a0000000d', 'image/png'],
  ['ffd8ffe000104a464946', 'image/jpeg'],
  ['474946383961', 'image/gif'],
  ['524946460a0000005745425056503820', 'image/webp'],
  [Buffer.from('<svg onload="alert(1)">').toString('hex'), undefined],
  ['', undefined],
])('the type of the bytes %s is %s', (hex, type) => {
  expect(imageTypeOf(Buffer.from(hex, 'hex'))).toBe(type);
});
