import { Body, Controller, Get, Put } from '@nestjs/common';
import { z } from 'zod';
import { ClerkParams } from '../http/clerk-params.pipe';
import { type RateLimitMode, rateLimitModes } from './rate-limit-mode';
import { RateLimiter } from './rate-limiter';

const params = z.strictObject({ mode: z.enum(rateLimitModes, `must be one of ${rateLimitModes.join(', ')}.`) });

/** Shows and sets the rate limits of the Backend API. */
@Controller('emulator/rate-limits')
export class RateLimitsController {
  constructor(private readonly limiter: RateLimiter) {}

  @Get()
  get(): { mode: RateLimitMode } {
    return { mode: this.limiter.mode };
  }

  @Put()
  set(@Body(new ClerkParams(params)) { mode }: z.output<typeof params>): { mode: RateLimitMode } {
    this.limiter.setMode(mode);
    return { mode };
  }
}
