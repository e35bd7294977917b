import { Body, Controller, Get, Put } from '@nestjs/common';
import { z } from 'zod';
import { type JsonObject } from '../clerk/json';
import { ClerkParams } from '../http/clerk-params.pipe';
import { jsonObject } from '../http/common.schemas';
import { ClaimsTemplate } from './claims-template';
import { RESERVED_CLAIMS } from './session-claims';

const LIMIT_CHARS = 4_096;

const params = z.strictObject({
  claims: jsonObject
    .refine(
      (claims) => Object.keys(claims).every((name) => !RESERVED_CLAIMS.has(name)),
      'must not name Clerk’s own claims.',
    )
    .refine((claims) => JSON.stringify(claims).length <= LIMIT_CHARS, `must be at most ${LIMIT_CHARS} characters.`)
    .nullable(),
});

/** Shows and sets the custom claims of session tokens. */
@Controller('emulator/session-claims')
export class ClaimsTemplateController {
  constructor(private readonly template: ClaimsTemplate) {}

  @Get()
  get(): { claims: JsonObject | null } {
    return { claims: this.template.current };
  }

  @Put()
  set(@Body(new ClerkParams(params)) { claims }: z.output<typeof params>): { claims: JsonObject | null } {
    this.template.current = claims;
    return { claims };
  }
}
