import Fastify from 'fastify';
import { stripForwardedPorts } from './forwarded-addresses';

describe('a server behind trusted proxies', () => {
  it.each([
    ['198.51.100.7:40001', '198.51.100.7'],
    ['198.51.100.7:40001, 10.0.0.9:555', '198.51.100.7'],
    ['203.0.113.9, "[2001:db8::7]:40001", ::ffff:10.0.0.9', '2001:db8::7'],
    ['nonsense:1, 10.0.0.9', 'nonsense:1'],
  ])('reads %s as %s', async (forwarded, ip) => {
    const server = Fastify({ trustProxy: ['127.0.0.1', '10.0.0.0/8'] });
    stripForwardedPorts(server);
    server.get('/', (request) => ({ ip: request.ip }));
    const { body } = await server.inject({ url: '/', headers: { 'x-forwarded-for': forwarded } });
    expect(JSON.parse(body)).toEqual({ ip });
    await server.close();
  });
});
