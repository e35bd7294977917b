import { LiveValue, fixed } from './live';

describe('a live setting', () => {
  it('tells each listener of a new value, which is current by then', () => {
    const setting = new LiveValue('old');
    const seen: string[] = [];
    setting.onChange((value) => seen.push(`${value} ${setting.current}`));
    setting.onChange((value) => seen.push(value));

    setting.set('new');

    expect(seen).toEqual(['new new', 'new']);
  });

  it('that is fixed has its value and no changes', () => {
    const setting = fixed('value');
    setting.onChange(() => {
      throw new Error('never called');
    });

    expect(setting.current).toBe('value');
  });
});
