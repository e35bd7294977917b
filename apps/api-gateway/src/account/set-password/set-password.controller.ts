import { newPasswordSchema, propagationSchema, setPassword } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Access } from '../../access/access';
import { anonymousContext } from '../../caller/origin';
import { named } from '../../openapi/named';
import { MayAnswer } from '../../problems/may-answer';

const passwordSchema = named(
  'NewPassword',
  z.strictObject({ token: z.string().min(1).max(256), password: newPasswordSchema }),
);
const passwordSetSchema = named(
  'PasswordSet',
  z.object({ success: z.literal(true), propagation: propagationSchema.nullable() }),
);

/** `POST /auth/password`: sets the password of a local user with a one-time token. */
@Controller('auth/password')
@ApiTags('auth')
export class SetPasswordController {
  constructor(private readonly services: RequestClient) {}

  @Post()
  @HttpCode(200)
  @Access({ access: 'public', permission: 'password:write', rateClass: 'login' })
  @MayAnswer('token_invalid')
  @ApiOperation({
    operationId: 'setPassword',
    summary: 'Set the password of a local user with a one-time token',
    description: 'Ends every session of the user.',
  })
  @ApiOkResponse({
    description: 'The password is set. `propagation` tells how many gateways have acknowledged the ended sessions.',
    standardSchema: passwordSetSchema,
  })
  async setPassword(
    @Body({ schema: passwordSchema }) body: z.output<typeof passwordSchema>,
    @Req() request: FastifyRequest,
  ): Promise<z.input<typeof passwordSetSchema>> {
    const { propagation } = await this.services.send(setPassword, body, anonymousContext(request));
    return { success: true, propagation };
  }
}
