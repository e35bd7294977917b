import { Module } from '@nestjs/common';
import { ListRejectedController } from './list-rejected.controller';

/** Lists the rejected deliveries. */
@Module({ controllers: [ListRejectedController] })
export class ListRejectedModule {}
