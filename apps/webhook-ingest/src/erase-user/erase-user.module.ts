import { Module } from '@nestjs/common';
import { EraseUserController } from './erase-user.controller';

/** Erases the payloads of a deleted user. */
@Module({ controllers: [EraseUserController] })
export class EraseUserModule {}
