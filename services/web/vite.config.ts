import { defineConfig } from 'vite'

/** The pages are one shell; the map and the staff pages are loaded only where they are needed. */
export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 1300 },
  server: { proxy: { '/api': 'http://127.0.0.1:8000', '/map': 'http://127.0.0.1:8000' } },
})
