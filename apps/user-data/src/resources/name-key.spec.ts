import { nameKey } from './name-key';

it('sorts names regardless of letter case and accents', () => {
  const names = ['banana', 'Éclair', 'apple', 'Cherry', 'eclair 2', 'Äpfel'];
  const sorted = names.sort((one, other) => (nameKey(one) < nameKey(other) ? -1 : 1));
  expect(sorted).toEqual(['Äpfel', 'apple', 'banana', 'Cherry', 'Éclair', 'eclair 2']);
});

it('is bounded, and ends between characters', () => {
  expect(nameKey('😀'.repeat(150))).toBe('😀'.repeat(100));
  expect([...nameKey('ﷺ'.repeat(200))]).toHaveLength(100);
});
