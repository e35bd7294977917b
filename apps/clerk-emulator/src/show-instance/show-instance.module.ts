import { Module } from '@nestjs/common';
import { ServeApiModule } from '../serve-api/serve-api.module';
import { InstanceController } from './instance.controller';

/** The instance of the secret key. */
@Module({ imports: [ServeApiModule], controllers: [InstanceController] })
export class ShowInstanceModule {}
