import { runService } from '@gatehouse/observability';
import { boot } from './boot';
import { findNearMisses, loadConfig } from './config';

void runService('clerk-emulator', async () => (await boot(loadConfig())).app, findNearMisses());
