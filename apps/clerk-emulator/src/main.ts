import { runService } from '@gatehouse/observability';
import { findNearMisses, loadConfig } from './config';
import { listen } from './listen';
import { SERVICE_NAME } from './tokens';

void runService(SERVICE_NAME, async () => (await listen(loadConfig())).app, findNearMisses());
