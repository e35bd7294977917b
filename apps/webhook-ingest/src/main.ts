import '@gatehouse/node-version';
import 'reflect-metadata';
import { runService } from '@gatehouse/observability';
import { findNearMisses, loadConfig } from './config';
import { start } from './start';
import { SERVICE_NAME } from './tokens';

void runService(SERVICE_NAME, async () => start(loadConfig()), findNearMisses());
