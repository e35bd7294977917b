import { generateKeyPairSync } from 'node:crypto';
import { createLogger } from '@gatehouse/observability';
import { type INestApplication, Body, Controller, Get, Module, Post, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Access, type RouteAccess } from '../src/access/access';
import { RouteRegister } from '../src/access/route-register';
import { AppModule } from '../src/app.module';
import { loadConfig } from '../src/config';
import { createApp } from '../src/create-app';
import { createFastifyAdapter } from '../src/http/fastify-adapter';
import { GatewayEdge } from '../src/http/gateway-edge';

const { privateKey } = generateKeyPairSync('ed25519');
const config = loadConfig({
  NATS_URL: 'nats://127.0.0.1:1',
  OPS_PORT: '0',
  CLERK_ISSUER: 'https://clerk.example',
  ENVELOPE_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
});
const silent = createLogger({ service: 'test', level: 'silent' });

let app: INestApplication | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

@Controller('sneaky')
class UndeclaredController {
  @Get('hole')
  hole(): string {
    return 'open';
  }
}

@Controller('sneaky')
class HalfDeclaredController {
  @Get('half')
  @Access({ access: 'user', permission: 'x:y' } as Partial<RouteAccess> as RouteAccess)
  half(): string {
    return 'open';
  }
}

@Controller('sneaky')
class UncheckedController {
  @Post('body')
  @Access({ access: 'user', permission: 'x:y', rateClass: 'write' })
  body(@Body() body: unknown): unknown {
    return body;
  }
}

@Controller('sneaky')
class UncheckedQueryController {
  @Get('query')
  @Access({ access: 'user', permission: 'x:y', rateClass: 'read' })
  query(@Query('a') query: unknown): unknown {
    return query;
  }
}

describe('the gateway does not start', () => {
  it.each([
    [UncheckedController, 'POST /sneaky/body takes body without a schema'],
    [UncheckedQueryController, 'GET /sneaky/query takes query without a schema'],
    [UndeclaredController, 'GET /sneaky/hole lacks @Access'],
    [HalfDeclaredController, 'GET /sneaky/half lacks @Access'],
  ])(
    'when a route of the controller %p has an incomplete declaration or an input without a schema, and names it',
    async (controller, message) => {
      const routes = new RouteRegister();
      @Module({
        imports: [
          AppModule.forRoot(
            config,
            silent,
            routes,
            () => 0,
            async () => undefined,
          ),
        ],
        controllers: [controller],
      })
      class WithHole {}
      const adapter = createFastifyAdapter(config, new GatewayEdge(config, silent), silent, routes);
      app = await NestFactory.create(WithHole, adapter, { logger: false, bodyParser: false, abortOnError: false });
      await expect(app.init()).rejects.toThrow(message);
    },
  );

  it('when a plugin adds an undeclared route', async () => {
    const gateway: NestFastifyApplication = await createApp(config, silent);
    app = gateway;
    void gateway
      .getHttpAdapter()
      .getInstance()
      .register(async (server) => {
        server.get('/metrics', () => 'open');
      });
    await expect(gateway.listen(0, '127.0.0.1')).rejects.toThrow('GET /metrics lacks @Access');
  });
});

describe('the gateway starts', () => {
  it('when every route, including the documentation, declares its access', async () => {
    app = await createApp(config, silent);
    await expect(app.init()).resolves.toBeDefined();
  });
});
