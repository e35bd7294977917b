import { isStorable, storableText } from './storable-text';

describe('storableText', () => {
  it('replaces NUL and lone surrogates', () => {
    expect(storableText('a\u0000b\ud800c\udc00', 99)).toBe('a\uFFFDb\uFFFDc\uFFFD');
  });

  it('keeps surrogate pairs', () => {
    expect(storableText('😀', 9)).toBe('😀');
  });

  it('cuts between characters, never within one', () => {
    expect(storableText('😀'.repeat(10), 4)).toBe('😀'.repeat(4));
    expect(storableText(`a${'😀'.repeat(10)}`, 4)).toBe('a😀😀😀');
  });
});

describe('isStorable', () => {
  it('tells apart a surrogate pair and a lone surrogate', () => {
    expect(isStorable('😀')).toBe(true);
    expect(isStorable('\ud83d')).toBe(false);
    expect(isStorable('\0')).toBe(false);
  });
});
