import { Controller, Get, Redirect } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Access } from '../access/access';

/** `/`: leads people to the documentation, by a relative link that works behind a path prefix too. */
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
