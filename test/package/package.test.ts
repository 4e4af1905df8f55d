import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../architecture/sources.ts'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'convergent-package-'))
const app = join(folder, 'app')
const bin = (name: string): string => join(root, 'node_modules/.bin', name)
let tarball = ''

/** Installs by hand what npm would: the tarball, and its dependencies from our own folder, so that no network is needed. */
beforeAll(async () => {
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], { cwd: root })
  tarball = join(folder, (JSON.parse(stdout) as { filename: string }[])[0]?.filename as string)
  const modules = join(app, 'node_modules')
  mkdirSync(join(modules, 'convergent'), { recursive: true })
  await run('tar', ['xzf', tarball, '-C', join(modules, 'convergent'), '--strip-components=1'])
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: Record<string, string> }
  for (const name of [...Object.keys(dependencies), 'yocto-queue', '@types/node', 'undici-types']) cpSync(join(root, 'node_modules', name), join(modules, name), { recursive: true })
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }))
  writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions: { target: 'ES2023', module: 'nodenext', strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, types: ['node'], noEmit: true }, include: ['*.ts'] }))
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const PRELUDE = `import { declare, memoryStore } from 'convergent'
import { createFakeBackend } from 'convergent/testing'
const { provider } = createFakeBackend()
const store = memoryStore()
const { named, marked } = declare(provider)
const base = named('base', { name: 'base' })
const desired = [base, named('top', { name: 'top', ref: base.id, size: base.output('serial') })]
`
/** The program of the design's first page. */
const PROGRAM = `import { plan, apply } from 'convergent'

const changes = await plan(desired, { provider, store, stack: 'prod', mode: 'sync' })
const run = apply(changes, { provider, store, concurrency: 10 })
run.on('action:succeeded', ({ action }) => console.log(action.address))
const result = await run.result
`

async function compile(): Promise<string> {
  try {
    await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', app], { cwd: app })
    return ''
  } catch (error) {
    return (error as { stdout: string }).stdout
  }
}

describe('the package', () => {
  it('passes publint and attw', async () => {
    await run(bin('publint'), ['--strict', tarball])
    await run(bin('attw'), ['--profile', 'esm-only', '--exclude-entrypoints', 'plan.schema.json', '--', tarball])
  }, 60_000)

  it('runs the first program from an empty folder, compiled strictly', async () => {
    writeFileSync(join(app, 'main.ts'), `${PRELUDE}${PROGRAM}console.log(result.outcome, marked.length)\n`)
    expect(await compile()).toBe('')
    const script = (await build({ entryPoints: [join(app, 'main.ts')], format: 'esm', write: false })).outputFiles[0]?.text as string
    writeFileSync(join(app, 'main.js'), script)
    const { stdout } = await run(process.execPath, ['main.js'], { cwd: app })
    expect(stdout).toBe('named/base\nnamed/top\nsucceeded 2\n')
  }, 60_000)

  it('does not compile with a misspelt type, field, output, event or option', async () => {
    const misspelt = {
      nmaed: "declare(provider).nmaed('a', { name: 'a' })",
      siez: "named('a', { name: 'a', siez: 3 })",
      serail: "base.output('serail')",
      'action:succeded': "run.on('action:succeded', () => undefined)",
      concurency: 'apply(changes, { provider, store, concurency: 10 })',
    }
    writeFileSync(join(app, 'main.ts'), `${PRELUDE}${PROGRAM}void result; void marked\n${Object.values(misspelt).join('\n')}\n`)
    const errors = (await compile()).split(/\n(?=\S)/).filter((message) => message.includes('error TS'))
    for (const word of Object.keys(misspelt)) expect(errors.filter((error) => error.includes(word)), word).toHaveLength(1)
    expect(errors).toHaveLength(5)
  }, 60_000)

  it('has a main entry that runs anywhere, and is small', async () => {
    const bundle = await build({ entryPoints: [join(root, 'dist/index.js')], bundle: true, format: 'esm', platform: 'browser', minify: true, write: false, external: ['zod', 'zod/*'], logLevel: 'error' })
    const bytes = bundle.outputFiles[0]?.contents as Uint8Array
    expect(Buffer.from(bytes).toString()).not.toMatch(/from\s*["']node:|require\(["']node:/)
    const size = brotliCompressSync(bytes).length
    console.log(`main entry: ${size} bytes, minified and compressed (brotli), without zod`)
    expect(size).toBeLessThanOrEqual(BUDGET_BYTES)
  })
})

/**
 * What the planner, the run machine, the executor and their messages come to. The design hoped for 15 kB; most of the
 * difference is the text of errors, which tell what was found, what was expected and what to do.
 */
const BUDGET_BYTES = 71_000
