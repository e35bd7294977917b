import { RefusedOrigins } from './refused-origins';

describe('RefusedOrigins', () => {
  it('logs each origin once, and stops after 100 origins', () => {
    const warn = jest.fn();
    const refused = new RefusedOrigins({ warn });
    for (let round = 0; round < 2; round++) {
      for (let serial = 0; serial < 200; serial++) refused.report(`https://${serial}.example`);
    }
    expect(warn).toHaveBeenCalledTimes(101);
    expect(warn).toHaveBeenLastCalledWith({ origins: 100 }, 'further rejected origins are not logged');
  });

  it('truncates an origin to 200 characters in the log', () => {
    const warn = jest.fn();
    new RefusedOrigins({ warn }).report('a'.repeat(10_000));
    expect(warn).toHaveBeenCalledWith({ origin: 'a'.repeat(200) }, expect.any(String));
  });
});
