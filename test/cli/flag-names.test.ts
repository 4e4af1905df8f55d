import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createCli } from '../../src/cli/create-cli.ts'
import { spellFlags } from '../../src/cli/flag-names.ts'
import { createBench, named } from './bench.ts'
import { memoryIo } from './memory-io.ts'

const flagNames = { file: '-c, --config <path>', stack: '-e, --env <name>', stateDir: '--checkpoint-dir <folder>' } as const

/** A host whose users know other flags. */
function createHost(options: Parameters<typeof createBench>[0] = {}) {
  const { backend, folder } = createBench()
  const contexts: object[] = []
  const cli = createCli({
    name: 'demo',
    provider: backend.provider,
    flagNames,
    load: async (paths, context) => {
      contexts.push(context)
      return { desired: [named(paths.join('+').replaceAll('/', '-'))] }
    },
    ...options,
  })
  const run = async (line: string, io = memoryIo()) => ({ code: await cli.run(line.split(' ').map((word) => word.replace('DIR', folder)), io), out: io.out(), err: io.err() })
  return { backend, folder, contexts, run }
}

describe('flags that the host spells otherwise', () => {
  it('are parsed, and told to the host', async () => {
    const { run, folder, contexts, backend } = createHost()
    expect((await run('apply -c a --config b -e prod --checkpoint-dir DIR/state')).code).toBe(0)
    expect(backend.objects().map(({ fields }) => fields['name'])).toEqual(['a+b'])
    expect(contexts).toEqual([expect.objectContaining({ files: ['a', 'b'], stack: 'prod', stateDir: join(folder, 'state'), flags: expect.objectContaining({ config: ['a', 'b'], env: 'prod' }) as object })])
    expect((await run('state --env prod --checkpoint-dir DIR/state')).out).toBe('named/a+b (id named-1)\n')
  })
  it('stand in the help in the place of the built-in ones, which are unknown', async () => {
    const { run } = createHost()
    const { out } = await run('apply --help')
    for (const flags of Object.values(flagNames)) expect(out).toContain(flags)
    expect(out).not.toMatch(/--file\b|--stack\b|--state-dir\b/)
    expect((await run('plan --file a')).err).toContain("unknown option '--file'")
  })
  it('are what messages and advice say', async () => {
    const { run, backend, folder } = createHost({ stack: () => 'asked' })
    expect((await run('plan')).err).toContain('plan needs something to load: name files or folders with --config\n')
    backend.fault({ call: 'create', fault: 'error', object: 'a', times: 9 })
    const { out } = await run('apply -c a -e prod --checkpoint-dir DIR/state')
    expect(out).toMatch(new RegExp(`demo resume \\S+ -c a -e prod --checkpoint-dir ${folder}/state\n`))
    const id = /demo resume (\S+)/.exec(out)?.[1] ?? ''
    expect((await run(`resume ${id} -c a -e prod --checkpoint-dir DIR/state`)).code).toBe(1)
    expect((await run('plan -c b -e prod --checkpoint-dir DIR/state --out DIR/plan.json')).err).toContain('-c b -e prod --checkpoint-dir ')
    expect((await run('apply -e test --checkpoint-dir DIR/state --plan DIR/plan.json')).err).toContain('name its stack with --env, or plan again')
  })
  it('leave the built-in names to flags of the host’s own', async () => {
    const { run, contexts } = createHost({ flags: [{ flags: '--file <name>', description: 'another one' }] })
    expect((await run('plan -c a --file other --checkpoint-dir DIR/state')).code).toBe(2)
    expect(contexts).toEqual([expect.objectContaining({ files: ['a'], flags: expect.objectContaining({ file: 'other' }) as object })])
  })
  it('have a long name and a value', () => {
    for (const file of ['-c', '--config', '-c <path>', '--no-config <path>', '-c, --config [path]', '-c, --config <path...>', 'config <path>']) expect(() => spellFlags({ file }), file).toThrow(`flagNames.file is ${JSON.stringify(file)}, expected a flag with a long name and a value, such as "-f, --file <path>"`)
    expect(spellFlags({ stack: '--the-env <x>' }).stack).toMatchObject({ long: '--the-env', typed: '--the-env', attribute: 'theEnv' })
  })
})

describe('--output', () => {
  it('says in which form something is printed', async () => {
    const { run } = createHost()
    const place = '-c a --checkpoint-dir DIR/state'
    expect((await run(`validate ${place} --output json`)).out).toBe('{"valid":true,"resources":1}\n')
    expect((await run(`validate ${place} --output console`)).out).toBe('Valid: 1 resource.\n')
    expect(await run(`validate ${place} --output josn`)).toMatchObject({ code: 1, err: 'demo: --output is "josn", expected console or json; did you mean "json"?\n' })
    expect((await run(`validate ${place} --json --output console`)).err).toContain('--json is short for --output json; leave out one of')
    for (const form of ['--output json', '--output=json', '--json']) expect(JSON.parse((await run(`show ${form}`)).out)).toMatchObject({ error: { code: 'usage' } })
    expect(JSON.parse((await run('plan --mode x --output json')).out)).toMatchObject({ error: { code: 'usage' } })
  })
  it('stays what a host or a command makes of it', async () => {
    const { run } = createHost({ commands: { say: { description: 'say', flags: [{ flags: '--output <file>', description: 'a file' }], run: async (_, { flags, print }) => (print(String(flags['output'])), 0) } } })
    expect((await run('say --output json')).out).toBe('json\n')
    const own = createHost({ commands: { say: { description: 'say', run: async (_, { flags, print }) => (print(String(flags['json'])), 0) } } })
    expect((await own.run('say --output json')).out).toBe('true\n')
    expect((await own.run('runs --output json --checkpoint-dir DIR/state')).err).toContain('has no output "json"')
  })
})

describe('what stands behind a command of the host', () => {
  const echo = (name: string) => createHost({ commands: { say: { description: 'say', arguments: [{ name: '<first>', description: 'the first' }, { name, description: 'more' }], run: async (paths, context) => (context.print(JSON.stringify([context.arguments, paths])), 0) } } })
  it('is given to it in order', async () => {
    expect((await echo('[more...]').run('say a b c -c file')).out).toBe('[["a","b","c"],["file"]]\n')
    expect((await echo('[more...]').run('say a')).out).toBe('[["a"],[]]\n')
    expect((await echo('[more]').run('say a b')).out).toBe('[["a","b"],[]]\n')
    expect((await echo('[more]').run('say --help')).out).toMatch(/say \[options\] <first> \[more\]\n[^]*first\s+the first/)
  })
  it('is refused where it is missing, or too much', async () => {
    expect(await echo('[more]').run('say')).toMatchObject({ code: 1, err: expect.stringContaining("missing required argument 'first'") as string })
    expect((await echo('[more]').run('say a b c')).err).toContain('too many arguments')
    expect((await echo('<more...>').run('say a')).err).toContain("missing required argument 'more'")
  })
})
