import { type Instance } from '../instance';
import { PageOrigins } from './page-origin';

const origins = new PageOrigins({ host: '203.0.113.7', authorizedParty: 'https://app.example.com' }, {
  issuer: 'https://clerk.example.com',
} as Instance);

it.each([
  ...['http://localhost:5173', 'http://app.test', 'http://web:3000', 'https://shop.localhost'],
  ...['http://127.0.0.1:5173', 'http://0.0.0.0', 'http://10.0.2.2', 'http://172.31.0.1', 'http://192.168.1.20:3000'],
  ...['http://[::1]:5173', 'http://[fd00::1]', 'http://[::ffff:127.0.0.1]', 'http://100.100.1.1'],
  ...['http://203.0.113.7:9000', 'https://clerk.example.com', 'https://app.example.com'],
])('lets a page of %s use the Frontend API', (origin) => {
  expect(origins.allows(origin)).toBe(true);
});

it.each([
  ...[
    'https://evil.example',
    'http://app.example.com',
    'https://app.example.com:444',
    'https://localhost.evil.example',
  ],
  ...['http://203.0.113.8', 'http://8.8.8.8', 'http://172.32.0.1', 'http://192.169.0.1', 'http://100.128.0.1'],
  ...['http://[2001:db8::1]', 'http://[::ffff:8.8.8.8]', 'http://134744072', 'http://0x08080808/'],
  ...['null', '', 'localhost', 'file:///etc/hosts', 'javascript:alert(1)'],
])('lets no page of %j use it', (origin) => {
  expect(origins.allows(origin)).toBe(false);
});
