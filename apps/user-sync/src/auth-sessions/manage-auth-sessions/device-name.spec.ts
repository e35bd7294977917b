import { deviceOf } from './device-name';

const webKit = 'AppleWebKit/537.36 (KHTML, like Gecko)';

describe('the device of a user agent', () => {
  it.each([
    [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webKit} Chrome/140.0.0.0 Safari/537.36`, 'Chrome 140 on Windows'],
    [`Mozilla/5.0 (Windows NT 10.0) ${webKit} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0`, 'Edge 140 on Windows'],
    [`Mozilla/5.0 (X11; Linux x86_64) ${webKit} Chrome/140.0.0.0 Safari/537.36 OPR/121.0.0.0`, 'Opera 121 on Linux'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:141.0) Gecko/20100101 Firefox/141.0', 'Firefox 141 on Windows'],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15',
      'Safari 18 on macOS',
    ],
    [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${webKit} Chrome/140.0.0.0 Safari/537.36`, 'Chrome 140 on ChromeOS'],
    [
      `Mozilla/5.0 (X11; Linux x86_64) ${webKit} Code/1.104 Chrome/138.0.0.0 Electron/37.3.1 Safari/537.36`,
      'Electron app 37 on Linux',
    ],
    ['curl/8.7.1', 'curl 8'],
    ['node', 'Node.js'],
    ['something else', null],
  ])('%s is %s, and not mobile', (userAgent, name) => {
    expect(deviceOf(userAgent)).toMatchObject({ name, isMobile: false });
  });

  it.each([
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
      'Safari 18 on iOS',
    ],
    [
      `Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) ${webKit} CriOS/140.0.0.0 Mobile/15E148 Safari/604.1`,
      'Chrome 140 on iPadOS',
    ],
    [`Mozilla/5.0 (Linux; Android 10; K) ${webKit} Chrome/140.0.0.0 Mobile Safari/537.36`, 'Chrome 140 on Android'],
    [
      `Mozilla/5.0 (Linux; Android 14; SM-S918B) ${webKit} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`,
      'Samsung Internet 28 on Android',
    ],
  ])('%s is %s, and mobile', (userAgent, name) => {
    expect(deviceOf(userAgent)).toMatchObject({ name, isMobile: true });
  });

  it('is unknown without a user agent', () => {
    expect(deviceOf(null)).toEqual({ name: null, browser: null, system: null, isMobile: null });
  });

  it('is read in time that grows with the length of the user agent, not with its square', () => {
    const long = 'Version/1.'.repeat(50);
    expect(deviceOf(long.slice(0, 512)).name).toBeNull();
  });
});
