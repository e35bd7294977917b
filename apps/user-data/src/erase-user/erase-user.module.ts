import { Module } from '@nestjs/common';
import { EraseUserController } from './erase-user.controller';
import { UserEraser } from './user-eraser';

/** Erasure of a user. */
@Module({ controllers: [EraseUserController], providers: [UserEraser], exports: [UserEraser] })
export class EraseUserModule {}
