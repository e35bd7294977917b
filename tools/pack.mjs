// npm run NAME:pack: makes a tarball of a package that other projects can install. The next argument is the folder.
import { main, runBuilt } from './bootstrap.mjs';

await main(() => runBuilt('tools/src/pack/main.js'));
