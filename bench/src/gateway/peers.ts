import 'reflect-metadata';
import { createServer } from 'node:http';
import { verifyToken } from '@clerk/backend';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  Module,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { pino } from 'pino';
import { type PeerOrder } from './peer-order';
import { fastifyProxy, passThrough } from './proxy-peers';

/** Fields of a request for log lines and throttler. */
interface ExpressRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: { readonly authorization?: string };
}

interface ExpressResponse {
  readonly statusCode: number;
  on(event: 'finish', listener: () => void): void;
}

const order = JSON.parse(process.argv[2] ?? '{}') as PeerOrder;

@Controller('auth/session')
class BareController {
  @Get()
  show(): unknown {
    return order.answer;
  }
}

@Module({ controllers: [BareController] })
class BareModule {}

/** Like Clerk's guide: `@clerk/backend` for each request. */
@Injectable()
class ClerkGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { headers } = context.switchToHttp().getRequest<ExpressRequest>();
    try {
      await verifyToken((headers.authorization ?? '').replace('Bearer ', ''), { jwtKey: order.jwtKey });
      return true;
    } catch {
      throw new UnauthorizedException();
    }
  }
}

@Controller('auth/session')
@UseGuards(ClerkGuard)
class ClerkController {
  @Get()
  show(): unknown {
    return order.answer;
  }
}

@Module({
  imports: [
    ThrottlerModule.forRoot({
      throttlers: [{ ttl: 60_000, limit: 1_000_000_000 }],
      // Counts by caller, like the gateway. The throttler’s cost grows with the hits of one tracker.
      getTracker: ({ headers }) => (headers as ExpressRequest['headers']).authorization ?? '',
    }),
  ],
  controllers: [ClerkController],
  providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }],
})
class ClerkModule {}

async function bare(): Promise<void> {
  const adapter = new FastifyAdapter();
  if (order.logs) {
    const logger = pino();
    adapter.getInstance().addHook('onResponse', (request, reply, done) => {
      const { method, routeOptions } = request;
      logger.info({ method, route: routeOptions.url, status: reply.statusCode, ms: reply.elapsedTime }, 'request');
      done();
    });
  }
  await (await NestFactory.create(BareModule, adapter, { logger: false })).listen(order.port, '127.0.0.1');
}

async function express(): Promise<void> {
  const app = await NestFactory.create(ClerkModule, new ExpressAdapter(), { logger: false });
  if (order.logs) {
    const logger = pino();
    app.use(({ method, path }: ExpressRequest, response: ExpressResponse, next: () => void) => {
      const began = performance.now();
      response.on('finish', () => {
        logger.info({ method, route: path, status: response.statusCode, ms: performance.now() - began }, 'request');
      });
      next();
    });
  }
  await app.listen(order.port, '127.0.0.1');
}

function node(): void {
  const body = JSON.stringify(order.answer);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  createServer((_request, response) => response.writeHead(200, headers).end(body)).listen(order.port, '127.0.0.1');
}

const peers = {
  node,
  'nest-fastify': bare,
  'nest-express-clerk': express,
  'pass-through': passThrough,
  'fastify-proxy': fastifyProxy,
};

void peers[order.kind](order);
