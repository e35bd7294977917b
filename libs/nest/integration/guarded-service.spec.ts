import 'reflect-metadata';
import { generateKeyPairSync } from 'node:crypto';
import {
  type ArgumentsHost,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  type HttpException,
  type INestApplication,
  Injectable,
  Module,
  type ModuleMetadata,
  Post,
  Req,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD, type AbstractHttpAdapter, HttpAdapterHost, NestFactory } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  type Caller,
  GatehouseGuard,
  GatehouseModule,
  Principal,
  Public,
  Roles,
  Scopes,
  Tiers,
  type VerifierOptions,
  principalOf,
} from '../src/index';
import { TestGate } from './test-gate';

let reached: string[] = [];

@Controller('orders')
class OrdersController {
  @Get()
  list(@Principal() caller: Caller): Caller {
    reached.push(caller.userId);
    return caller;
  }

  @Post()
  @Scopes('orders:write')
  create(): string {
    return 'created';
  }

  @Get('public')
  @Public()
  open(@Req() request: object): string {
    return `caller: ${principalOf(request)?.userId ?? 'none'}`;
  }

  @Get('mistaken')
  @Public()
  mistaken(@Principal() caller: Caller): string {
    return caller.userId;
  }
}

@Controller('reports')
@Roles('admin')
@Tiers('pro', 'enterprise')
class ReportsController {
  @Get()
  list(): string {
    return 'reports';
  }

  @Get('own')
  @Roles('developer', 'admin')
  own(): string {
    return 'own';
  }

  @Get('sample')
  @Public()
  sample(): string {
    return 'sample';
  }
}

@Controller('shop')
@Public()
class ShopController {
  @Get()
  list(): string {
    return 'shop';
  }

  @Get('admin')
  @Roles('admin')
  admin(): string {
    return 'admin';
  }
}

const controllers = [OrdersController, ReportsController, ShopController];

let gate: TestGate;
let app: INestApplication;

beforeEach(async () => {
  gate = await TestGate.start();
  reached = [];
});
afterEach(async () => {
  await app?.close();
  await gate.close();
});

type Imports = ModuleMetadata['imports'];
type Adapter = new () => AbstractHttpAdapter;

async function start(
  adapter: Adapter,
  imports: Imports = [GatehouseModule.forRoot(gate.options)],
  metadata: ModuleMetadata = { controllers },
  ...filters: ExceptionFilter[]
): Promise<void> {
  class AppModule {}
  Module({ imports, ...metadata })(AppModule);
  app = await NestFactory.create(AppModule, new adapter(), { logger: false, abortOnError: false });
  app.useGlobalFilters(...filters);
  await app.listen(0, '127.0.0.1');
}

interface Asked {
  readonly method?: string;
  readonly assertion?: string;
  readonly headers?: Record<string, string>;
}

async function ask(path: string, { method = 'GET', assertion, headers = {} }: Asked = {}) {
  const sent = assertion === undefined ? headers : { ...headers, 'X-Gatehouse-Assertion': assertion };
  const response = await fetch(`${await app.getUrl()}${path}`, { method, headers: sent });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  const body = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: response.status, headers: response.headers, text, body };
}

describe.each<[string, Adapter]>([
  ['Express', ExpressAdapter],
  ['Fastify', FastifyAdapter],
])('a service on %s', (_, adapter) => {
  describe('with the global guard', () => {
    beforeEach(() => start(adapter));

    it('gives a route the caller whom the gate asserts, and not what other headers say', async () => {
      const headers = { 'X-Gatehouse-User-Id': 'somebody', 'X-Gatehouse-Role': 'admin' };
      const { status, body } = await ask('/orders', { assertion: await gate.assert(), headers });
      expect([status, body]).toEqual([
        200,
        {
          userId: 'u1',
          clerkUserId: 'user_1',
          role: 'developer',
          tier: 'pro',
          method: 'api_key',
          scopes: ['orders:read'],
          sessionId: null,
          keyId: 'k1',
        },
      ]);
    });

    it('refuses a request that did not come through the gate with a problem', async () => {
      const headers = { 'X-Gatehouse-User-Id': 'u1', 'X-Gatehouse-Role': 'admin', 'X-Gatehouse-Tier': 'pro' };
      const answer = await ask('/orders', { headers });
      expect([answer.status, answer.body]).toEqual([
        401,
        {
          ...{ type: 'about:blank', title: 'Unauthorized', status: 401, code: 'assertion_invalid' },
          detail: 'The request has no assertion: it did not come through the gate, or the route is public.',
        },
      ]);
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="gatehouse"');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(reached).toEqual([]);
    });

    it('refuses assertions that are expired, forged, repeated, or for another service', async () => {
      const valid = await gate.assert();
      const by = generateKeyPairSync('ed25519').privateKey;
      const refused = [
        await gate.assert({}, { seconds: -10 }),
        await gate.assert({}, { by }),
        await gate.assert({ aud: 'billing' }),
        await gate.assert({ iss: 'https://evil.example' }),
        `${valid}, ${valid}`,
        'nonsense',
        '',
      ];
      for (const assertion of refused) {
        const { status, body, text } = await ask('/orders', { assertion });
        expect([status, body.code]).toEqual([401, 'assertion_invalid']);
        if (assertion !== '') expect(text).not.toContain(assertion);
      }
      expect(reached).toEqual([]);
      expect((await ask('/orders', { assertion: valid })).status).toBe(200);
    });

    it.each<[string, string, object, number, string | undefined]>([
      ['POST', '/orders', {}, 403, 'scope_insufficient'],
      ['POST', '/orders', { scopes: ['orders:read', 'orders:write'] }, 201, undefined],
      ['POST', '/orders', { auth_method: 'clerk_session', scopes: [], key_id: undefined, sid: 's1' }, 201, undefined],
      ['GET', '/reports', {}, 403, 'role_insufficient'],
      ['GET', '/reports', { role: 'admin' }, 200, undefined],
      ['GET', '/reports', { role: 'admin', tier: 'free' }, 403, 'tier_insufficient'],
      ['GET', '/reports/own', {}, 200, undefined],
      ['GET', '/reports/own', { role: 'user' }, 403, 'role_insufficient'],
      ['GET', '/reports/own', { tier: 'free' }, 403, 'tier_insufficient'],
      ['GET', '/shop/admin', {}, 403, 'role_insufficient'],
      ['GET', '/shop/admin', { role: 'admin' }, 200, undefined],
    ])('answers %s %s by a caller with %j: %s %s', async (method, path, changes, status, code) => {
      const answer = await ask(path, { method, assertion: await gate.assert(changes) });
      expect([answer.status, answer.body.code]).toEqual([status, code]);
      if (code === 'scope_insufficient') {
        expect(answer.headers.get('www-authenticate')).toContain('scope="orders:write"');
      }
    });

    it('opens public routes without looking at an assertion, and no route that names a role', async () => {
      expect((await ask('/orders/public', { assertion: 'nonsense' })).text).toBe('caller: none');
      expect([(await ask('/shop')).text, (await ask('/reports/sample')).text]).toEqual(['shop', 'sample']);
      expect((await ask('/shop/admin')).status).toBe(401);
    });

    it('fails on a public route that takes a caller', async () => {
      expect((await ask('/orders/mistaken', { assertion: await gate.assert() })).status).toBe(500);
    });

    it('refuses every caller while the keys are unavailable, and recovers', async () => {
      gate.status = 500;
      const refused = await ask('/orders', { assertion: await gate.assert() });
      expect([refused.status, refused.body.code]).toEqual([503, 'keys_unavailable']);
      expect((await ask('/orders/public')).status).toBe(200);
      gate.status = 200;
      expect((await ask('/orders', { assertion: await gate.assert() })).status).toBe(200);
      expect(reached).toEqual(['u1']);
    });
  });

  it('guards single controllers when the guard is not global', async () => {
    @Controller('guarded')
    @UseGuards(GatehouseGuard)
    class GuardedController extends OrdersController {}
    await start(adapter, [GatehouseModule.forRoot({ ...gate.options, globalGuard: false })], {
      controllers: [GuardedController, OrdersController],
    });
    expect((await ask('/guarded')).status).toBe(401);
    expect((await ask('/guarded', { assertion: await gate.assert() })).status).toBe(200);
    // Nobody guards it, so it has no caller.
    expect((await ask('/orders', { assertion: await gate.assert() })).status).toBe(500);
  });

  it('takes its options from a factory, and gives the caller to global guards that are listed after its own', async () => {
    @Injectable()
    class OwnGuard implements CanActivate {
      canActivate(context: ExecutionContext): boolean {
        return principalOf(context.switchToHttp().getRequest<object>())?.userId === 'u1';
      }
    }
    class OptionsModule {}
    Module({ providers: [{ provide: 'OPTIONS', useValue: gate.options }], exports: ['OPTIONS'] })(OptionsModule);
    const useFactory = (options: VerifierOptions) => options;
    const options = { imports: [OptionsModule], inject: ['OPTIONS'], useFactory, globalGuard: false };
    const providers = [GatehouseGuard, OwnGuard].map((useClass) => ({ provide: APP_GUARD, useClass }));
    await start(adapter, [GatehouseModule.forRootAsync(options)], { controllers, providers });
    expect((await ask('/orders', { assertion: await gate.assert() })).status).toBe(200);
    expect((await ask('/orders', { assertion: await gate.assert({ sub: 'u2' }) })).status).toBe(403);
  });

  it('leaves the form of refusals to a global filter of the service', async () => {
    @Catch()
    class OwnFilter implements ExceptionFilter<HttpException> {
      catch(error: HttpException, host: ArgumentsHost): void {
        const { httpAdapter } = app.get(HttpAdapterHost);
        httpAdapter.reply(host.switchToHttp().getResponse(), { own: error.getStatus() }, error.getStatus());
      }
    }
    await start(adapter, undefined, undefined, new OwnFilter());
    expect([(await ask('/orders')).status, (await ask('/orders')).body]).toEqual([401, { own: 401 }]);
  });
});

it('does not start with invalid options, and names the option', async () => {
  const useFactory = () => ({ ...gate.options, audience: undefined }) as unknown as VerifierOptions;
  await expect(start(FastifyAdapter as Adapter, [GatehouseModule.forRootAsync({ useFactory })])).rejects.toThrow(
    'The option audience must be',
  );
});

it('refuses what is no HTTP request, unless the handler is public', async () => {
  await start(FastifyAdapter, [GatehouseModule.forRoot(gate.options)], {
    controllers,
    providers: [GatehouseGuard],
  });
  const guard = app.get(GatehouseGuard);
  const contextOf = (handler: (...args: never[]) => unknown) => {
    const context = new ExecutionContextHost([{}], OrdersController, handler);
    context.setType('rpc');
    return context;
  };
  const { list, open } = OrdersController.prototype;
  await expect(guard.canActivate(contextOf(list))).rejects.toMatchObject({ code: 'CONTEXT_UNSUPPORTED' });
  expect(await guard.canActivate(contextOf(open))).toBe(true);
});
