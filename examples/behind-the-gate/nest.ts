// Billing, on Nest: the guard of GatehouseModule refuses what did not come through the gate.
import 'reflect-metadata';
import { type Caller, GatehouseModule, Principal, Public, Roles, Tiers } from '@gatehouse/nest';
import { Controller, Get, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

@Controller('billing')
class BillingController {
  @Get('health')
  @Public()
  health() {
    return { status: 'ok' };
  }

  @Get('invoices')
  invoices(@Principal() caller: Caller) {
    return { invoicesOf: caller.userId, tier: caller.tier };
  }

  @Get('forecast')
  @Tiers('pro', 'enterprise')
  forecast() {
    return { forecast: 'more' };
  }

  @Post('refunds')
  @Roles('admin')
  refund(@Principal() caller: Caller) {
    return { refundedBy: caller.userId };
  }
}

const issuer = process.env.GATEHOUSE_URL ?? 'http://localhost:8080';

@Module({ imports: [GatehouseModule.forRoot({ issuer, audience: 'billing' })], controllers: [BillingController] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
await app.listen(Number(process.env.BILLING_PORT ?? 8093), '127.0.0.1');
console.log('billing: Nest listening');
