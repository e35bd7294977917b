import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { type ClerkUser } from '../clerk/user';
import { ModerationService } from './moderation.service';

/** Changes that an identity provider makes by directory sync (SCIM). Clerk has no route for them. */
@Controller('emulator/users/:id')
export class DirectorySyncController {
  constructor(private readonly moderation: ModerationService) {}

  @Post('deprovision')
  @HttpCode(200)
  deprovision(@Param('id') id: string): ClerkUser {
    return this.moderation.deprovision(id);
  }

  @Post('reprovision')
  @HttpCode(200)
  reprovision(@Param('id') id: string): ClerkUser {
    return this.moderation.reprovision(id);
  }
}
