import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Leads Clerk's packages to the emulator, on the page's own origin. */
const proxy = {
  '/__clerk': {
    target: process.env.CLERK_EMULATOR_URL ?? 'http://localhost:3100',
    rewrite: (path) => path.replace('/__clerk', ''),
  },
};

export default defineConfig({ plugins: [react()], server: { proxy }, preview: { proxy } });
