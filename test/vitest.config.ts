import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { LongFirst } from './long-first.ts'

const src = (path: string): string => fileURLToPath(new URL(`../src/${path}`, import.meta.url))

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  resolve: {
    alias: [
      { find: /^convergent$/, replacement: src('index.ts') },
      { find: /^convergent\/rest$/, replacement: src('provider/rest/index.ts') },
      { find: /^convergent\/operations$/, replacement: src('engine/operation/index.ts') },
      { find: /^convergent\/state$/, replacement: src('engine/state/index.ts') },
      { find: /^convergent\/(node|postgres|cli|render|testing)$/, replacement: src('$1/index.ts') },
    ],
  },
  // Two cores, three workers: many tests wait for processes, and the default leaves one core to the reporter.
  test: { maxWorkers: 3, isolate: false, sequence: { sequencer: LongFirst }, testTimeout: 60_000, include: ['test/**/*.test.ts', 'examples/**/*.test.ts'] },
})
