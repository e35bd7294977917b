import { type NextConfig } from 'next';
// The build fails without the variables that it copies into scripts for browsers.
import './src/env/client';

const config: NextConfig = {
  // The folder of this file, also inside a checkout with a lock file of its own.
  turbopack: { root: import.meta.dirname },
};

export default config;
