import { Module } from '@nestjs/common';
import { Pruner } from './pruner';

/** Owns the deletion of rows that have expired or are older than their retention. */
@Module({ providers: [Pruner] })
export class RetentionModule {}
