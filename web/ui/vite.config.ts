import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const source = fileURLToPath(new URL('./src', import.meta.url));
/** Where `npm run dev` sends what is not a file of ours: a control process on this machine. */
const CONTROL = process.env['VONG_CONTROL'] ?? 'http://127.0.0.1:8443';

export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  resolve: {
    alias: { $lib: `${source}/lib`, $components: `${source}/components` },
    // Components are mounted in tests, so the tests need the browser's build of Svelte.
    ...(mode === 'test' ? { conditions: ['browser'] } : {}),
  },
  build: {
    outDir: '../static',
    emptyOutDir: true,
    // The content security policy allows nothing inline.
    assetsInlineLimit: 0,
    target: ['chrome109', 'firefox115', 'safari16.4'],
  },
  server: { proxy: { '/api': { target: CONTROL, ws: true } } },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['src/testing/setup.ts'],
    restoreMocks: true,
    maxWorkers: 2,
    testTimeout: 20_000,
  },
}));
