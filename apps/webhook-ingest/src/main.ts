import '@gatehouse/node-version';
import 'reflect-metadata';
import { runService } from '@gatehouse/observability';
import { findNearMisses, loadConfig } from './config';
import { createApp } from './create-app';
import { SERVICE_NAME } from './tokens';

void runService(SERVICE_NAME, () => createApp(loadConfig()), findNearMisses());
