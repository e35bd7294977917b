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

/** What a peer is told, as JSON in its first argument. */
export interface PeerOrder {
  readonly kind: 'node' | 'nest-fastify' | 'nest-express-clerk';
  readonly port: number;
  readonly jwtKey: string;
}

const ANSWER = { principal: { userId: '8d6f2a2e-5f0a-4b5e-9a53-2b1f7f2a1c11', role: 'user', tier: 'free' } };
const order = JSON.parse(process.argv[2] ?? '{}') as PeerOrder;

@Controller('auth/session')
class BareController {
  @Get()
  show(): unknown {
    return ANSWER;
  }
}

@Module({ controllers: [BareController] })
class BareModule {}

/** As Clerk's own guide shows it: `@clerk/backend` at each request. */
@Injectable()
class ClerkGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>();
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
    return ANSWER;
  }
}

@Module({
  imports: [ThrottlerModule.forRoot([{ ttl: 60_000, limit: 1_000_000_000 }])],
  controllers: [ClerkController],
  providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }],
})
class ClerkModule {}

async function main(): Promise<void> {
  if (order.kind === 'node') {
    const body = JSON.stringify(ANSWER);
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    createServer((_request, response) => response.writeHead(200, headers).end(body)).listen(order.port, '127.0.0.1');
    return;
  }
  const app =
    order.kind === 'nest-fastify'
      ? await NestFactory.create(BareModule, new FastifyAdapter(), { logger: false })
      : await NestFactory.create(ClerkModule, new ExpressAdapter(), { logger: false });
  await app.listen(order.port, '127.0.0.1');
}

void main();
