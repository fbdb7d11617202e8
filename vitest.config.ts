import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const src = (path: string) => fileURLToPath(new URL('src/', import.meta.url)) + path

export default defineConfig({
  resolve: {
    alias: [
      { find: /^millrace$/, replacement: src('index.ts') },
      { find: /^millrace\/(image|testing|tfrecord|train)$/, replacement: src('$1/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/fixtures/**'],
    setupFiles: ['test/setup.ts'],
    // One fewer is the default, which leaves half of a machine of two cores idle.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    typecheck: { include: ['test/types/**/*.test-d.ts'], tsconfig: './test/tsconfig.json' },
  },
})
