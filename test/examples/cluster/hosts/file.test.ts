import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { checksumOf, copyTree, diskOf, fileExists, listeningPorts, makeDirectory, programsMissing, readFile, removeDirectory, uploadFile, writeFile } from '../../../../examples/cluster/hosts/file.ts'
import type { Host } from '../../../../examples/cluster/hosts/host.ts'
import { localHost } from '../../../../examples/cluster/hosts/local-host.ts'
import { describeEachHost, signal } from './each-host.ts'

const isRoot = process.getuid?.() === 0
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

describeEachHost('files', ({ host, dir }) => {
  it('are written as a whole, and read as they are', async () => {
    const path = join(dir(), "it's a $file")
    expect(await readFile(host(), path, signal)).toBeUndefined()
    expect(await fileExists(host(), path, signal)).toBe(false)
    const text = `ä\n${'x'.repeat(200_000)}\nno end`
    await writeFile(host(), path, 'old', { mode: '644', signal })
    await writeFile(host(), path, text, { mode: '600', signal, ...(isRoot && { owner: 'nobody' }) })
    expect(await readFile(host(), path, signal)).toBe(text)
    expect(await fileExists(host(), path, signal)).toBe(true)
    expect([modeOf(path), readdirSync(dir())]).toEqual(['600', ["it's a $file"]])
    if (isRoot) expect(statSync(path).uid).not.toBe(0)
    await writeFile(host(), path, '', { mode: '640', signal })
    expect([readFileSync(path, 'utf8'), modeOf(path)]).toEqual(['', '640'])
  })
  it('stay as they are where not all of the new one comes', async () => {
    const path = join(dir(), 'file')
    writeFileSync(path, 'old')
    const cutOff: Host = { ...host(), run: (argv, call) => host().run(argv, { ...call, stdin: 'half' }) }
    await expect(writeFile(cutOff, path, 'half and half', { mode: '600', signal })).rejects.toThrow(`${path} was not written: 4 bytes came, of 13`)
    expect([readFileSync(path, 'utf8'), readdirSync(dir())]).toEqual(['old', ['file']])
    await expect(writeFile(host(), join(dir(), 'none/file'), 'x', { mode: '600', signal })).rejects.toThrow(/No such file|nonexistent/)
  })
  it('are brought there, and checked', async () => {
    const [source, path] = [join(dir(), 'source'), join(dir(), 'path')]
    const bytes = Buffer.from(Array.from({ length: 600_000 }, (_, index) => index % 251))
    writeFileSync(source, bytes)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    await uploadFile(host(), source, path, { mode: '755', sha256, signal })
    expect([readFileSync(path).equals(bytes), modeOf(path), await checksumOf(host(), path, signal)]).toEqual([true, '755', sha256])
    await expect(uploadFile(host(), source, join(dir(), 'other'), { mode: '755', sha256: '0'.repeat(64), signal })).rejects.toThrow(`its SHA-256 is ${sha256}, expected 000`)
    await expect(uploadFile(host(), join(dir(), 'none'), join(dir(), 'other'), { mode: '755', sha256, signal })).rejects.toThrow('ENOENT')
    expect(readdirSync(dir()).toSorted()).toEqual(['path', 'source'])
    expect(await checksumOf(host(), join(dir(), 'none'), signal)).toBeUndefined()
  })
  it('are in directories, which are made and removed', async () => {
    const path = join(dir(), 'a/b')
    await makeDirectory(host(), path, { mode: '700', signal, ...(isRoot && { owner: 'nobody' }) })
    expect(modeOf(path)).toBe('700')
    await makeDirectory(host(), path, { mode: '750', signal })
    expect(modeOf(path)).toBe('750')
    await removeDirectory(host(), join(dir(), 'a'), signal)
    await removeDirectory(host(), join(dir(), 'a'), signal)
    expect(existsSync(join(dir(), 'a'))).toBe(false)
    for (const wrong of ['', '/', '//', '/..', 'relative']) await expect(removeDirectory(host(), wrong, signal)).rejects.toThrow('give an absolute path below the root')
  })
})

describeEachHost('a machine', ({ host, dir }) => {
  it('says what space there is', async () => {
    const { availableBytes, totalBytes } = await diskOf(host(), join(dir(), 'not/there/yet'), signal)
    expect(availableBytes).toBeGreaterThan(0)
    expect(totalBytes).toBeGreaterThanOrEqual(availableBytes)
    expect(await diskOf(host(), '/', signal)).toMatchObject({ totalBytes: expect.any(Number) as number })
  })
  it('says which ports are taken', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    expect((await listeningPorts(host(), signal)).has(port)).toBe(true)
    await new Promise((resolve) => server.close(resolve))
    expect((await listeningPorts(host(), signal)).has(port)).toBe(false)
  })
  it('says what it has not', async () => {
    expect(await programsMissing(host(), ['sh', 'no-such', 'tar', 'nor this'], signal)).toEqual(['no-such', 'nor this'])
    expect(await programsMissing(host(), [], signal)).toEqual([])
  })
})

describeEachHost('a tree', ({ host, dir }) => {
  /** On the same host, and from this machine. */
  const sources = (): readonly Host[] => [host(), localHost({ name: 'source', address: '127.0.0.2' })]
  const grow = (): string => {
    const from = join(dir(), 'from')
    mkdirSync(join(from, 'sub/empty'), { recursive: true })
    mkdirSync(join(from, 'logs'))
    writeFileSync(join(from, 'big'), Buffer.alloc(1_000_000, 7))
    writeFileSync(join(from, 'sub/pid'), 'kept')
    writeFileSync(join(from, 'pid'), 'left out')
    writeFileSync(join(from, 'logs/1'), 'left out')
    symlinkSync('big', join(from, 'link'))
    chmodSync(from, 0o700)
    return from
  }
  it('is copied, but for what stays behind', async () => {
    const from = grow()
    for (const [index, source] of sources().entries()) {
      const to = join(dir(), `to ${index}`)
      mkdirSync(`${to}.part`)
      writeFileSync(`${to}.part/of an earlier one`, '')
      await copyTree(source, from, host(), to, { exclude: ['pid', 'logs/*'], signal, ...(isRoot && { owner: 'nobody' }) })
      expect(readdirSync(to, { recursive: true }).toSorted()).toEqual(['big', 'link', 'logs', 'sub', 'sub/empty', 'sub/pid'])
      expect([readFileSync(join(to, 'link')).equals(Buffer.alloc(1_000_000, 7)), modeOf(to), existsSync(`${to}.part`)]).toEqual([true, '700', false])
      if (isRoot) expect(statSync(join(to, 'sub/pid')).uid).not.toBe(0)
      await expect(copyTree(source, from, host(), to, { signal })).rejects.toThrow(`there is something at ${to} already`)
    }
  })
  it('is not there where not all of it came', async () => {
    const from = grow()
    const to = join(dir(), 'to')
    for (const source of sources()) await expect(copyTree(source, join(dir(), 'none'), host(), to, { signal })).rejects.toThrow(`there is no folder ${dir()}/none`)
    // What ends well after any number of bytes, as a connection does that somebody else ends.
    for (const bytes of [0, 512, 300_000, 1_003_000]) {
      const cutOff: Host = { ...localHost({ name: 'source', address: '127.0.0.2' }), run: ([shell = '', option = '', script = '', ...args], call) => localHost({ name: 'source', address: '' }).run([shell, option, `{ ${script}\n} | head -c ${bytes}`, ...args], call) }
      await expect(copyTree(cutOff, from, host(), to, { signal })).rejects.toThrow(/only a part|Unexpected EOF|unexpected|not recoverable|previous errors|does not look like/)
    }
    expect(readdirSync(dir())).toEqual(['from'])
  })
})
