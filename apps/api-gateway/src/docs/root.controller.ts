import { Controller, Get, Redirect } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Access } from '../access/access';

/** `GET /`: redirects to the documentation with a relative URL, which also works behind a path prefix. */
@Controller()
@ApiExcludeController()
export class RootController {
  @Get()
  @Redirect('docs', 302)
  @Access({ access: 'public', permission: 'docs:read', rateClass: 'docs', navigation: true })
  show(): void {
    return;
  }
}
