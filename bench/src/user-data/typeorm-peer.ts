import 'reflect-metadata';
import { Module, StandardSchemaValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { pino } from 'pino';
import { type Request, type Response } from './typeorm/express-types';
import { ItemsController } from './typeorm/items.controller';
import { ReservationsController } from './typeorm/reservations.controller';
import { basics, dataSource } from './typeorm/transactions';

/*
 * The common stack of such a service: NestJS on Express, with TypeORM's repositories and entities. The same routes,
 * tables, checks and answers as the other peer. Each request runs in one transaction. One log line for each request.
 */

@Module({ controllers: [ItemsController, ReservationsController] })
class PeerModule {}

async function main(): Promise<void> {
  await dataSource.initialize();
  const adapter = new ExpressAdapter();
  // Express would hash every body for an ETag that no client of these routes uses.
  adapter.set('etag', false);
  const app = await NestFactory.create(PeerModule, adapter, { logger: false });
  const logger = pino();
  app.use(({ method, path }: Request, response: Response, next: () => void) => {
    const began = performance.now();
    response.on('finish', () => {
      logger.info({ method, route: path, status: response.statusCode, ms: performance.now() - began }, 'request');
    });
    next();
  });
  app.useGlobalPipes(new StandardSchemaValidationPipe());
  await app.listen(basics.order.port, '127.0.0.1');
}

process.on('SIGTERM', () => process.exit(0));
void main();
