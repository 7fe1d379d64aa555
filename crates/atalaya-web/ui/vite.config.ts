import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: 'es2022',
    // The content security policy allows no inline script and the program answers every file itself.
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/api': process.env.ATALAYA_SERVER ?? 'http://127.0.0.1:7878' } },
  test: { include: ['src/**/*.test.ts'], environment: 'node', css: true },
});
