import '@gatehouse/node-version';
import { runService } from '@gatehouse/observability';
import { findNearMisses, loadConfig } from './config';
import { createApp } from './create-app';

void runService('user-sync', () => createApp(loadConfig()), findNearMisses());
