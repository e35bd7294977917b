import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { type ClerkUser } from '../clerk/user';
import { UsersService } from '../keep-users/users.service';

/**
 * What an identity provider does by directory sync (SCIM), for which Clerk has no route. Each sends `user.updated` alone:
 * sessions stay, and no new one begins while the user is deprovisioned.
 */
@Controller('emulator/users/:id')
export class DirectorySyncController {
  constructor(private readonly users: UsersService) {}

  @Post('deprovision')
  @HttpCode(200)
  deprovision(@Param('id') id: string): ClerkUser {
    return this.users.change(id, (user) => void (user.deprovisioned = true));
  }

  @Post('reprovision')
  @HttpCode(200)
  reprovision(@Param('id') id: string): ClerkUser {
    return this.users.change(id, (user) => void (user.deprovisioned = false));
  }
}
