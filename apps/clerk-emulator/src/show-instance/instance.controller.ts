import { Controller, Get, UseGuards } from '@nestjs/common';
import { BackendApiGuard } from '../serve-api/backend-api.guard';
import { Instance } from '../instance';

/** The instance as Clerk's Backend API returns it. */
interface InstanceJson {
  object: 'instance';
  id: string;
  environment_type: 'development';
  allowed_origins: null;
}

/**
 * Returns the instance that the secret key belongs to.
 * @see https://clerk.com/docs/reference/backend-api/tag/instance-settings/GET/instance
 */
@Controller('v1/instance')
@UseGuards(BackendApiGuard)
export class InstanceController {
  constructor(private readonly instance: Instance) {}

  @Get()
  show(): InstanceJson {
    return { object: 'instance', id: this.instance.id, environment_type: 'development', allowed_origins: null };
  }
}
