// Reports, on Fastify: the gate lets developers and admins in, and the service shows admins more.
import { AssertionInvalidError, createVerifier } from '@gatehouse/verify';
import Fastify from 'fastify';

const verify = createVerifier({ issuer: process.env.GATEHOUSE_URL ?? 'http://localhost:8080', audience: 'reports' });

const app = Fastify();
app.decorateRequest('caller', null);

// Everything needs a caller: a request that did not come through the gate ends here.
app.addHook('onRequest', async (request, reply) => {
  try {
    request.caller = await verify(request.headers['x-gatehouse-assertion']);
  } catch (error) {
    return reply.code(error instanceof AssertionInvalidError ? 401 : 503).send();
  }
});

app.get('/reports', async ({ caller }) => ({
  reports: caller.role === 'admin' ? ['usage', 'revenue'] : ['usage'],
}));

await app.listen({ port: Number(process.env.REPORTS_PORT ?? 8092), host: '127.0.0.1' });
console.log('reports: Fastify listening');
