import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { localHost } from '../../../../examples/cluster/hosts/local-host.ts'
import { findOwner, makeOwnedDirectory, OWNER_FILE, removeOwnedDirectory } from '../../../../examples/cluster/operations/owned-directory.ts'

const host = localHost({ name: 'here', address: '127.0.0.1' })
const { signal } = new AbortController()
const isRoot = process.getuid?.() === 0
const user = isRoot ? { user: 'nobody' } : {}
let folder = ''
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'convergent-owned-'))))
afterEach(() => rmSync(folder, { recursive: true }))

describe('a directory that says whose it is', () => {
  it('is made with its parents, and takes them with it', async () => {
    const paths = ['one', 'two', 'three'].map((name) => join(folder, 'above', 'databases', name))
    await Promise.all(paths.map((path) => makeOwnedDirectory(host, path, { cluster: 'shop', ...user, signal })))
    for (const path of paths) {
      expect(await findOwner(host, path, signal)).toBe('shop')
      expect((statSync(path).mode & 0o777).toString(8)).toBe(isRoot ? '750' : '755')
      if (isRoot) expect(statSync(path).uid).not.toBe(0)
      writeFileSync(join(path, 'data'), '')
    }
    await Promise.all(paths.map((path) => removeOwnedDirectory(host, path, 'shop', signal)))
    expect(readdirSync(folder)).toEqual([])
  })
  it('is made anew where its making was cut off', async () => {
    const path = join(folder, 'databases', 'one')
    // What stays behind when the parent, and the directory in it, had not got their names yet.
    mkdirSync(join(folder, 'databases.new-one'))
    await makeOwnedDirectory(host, path, { cluster: 'shop', ...user, signal })
    expect(readdirSync(folder)).toEqual(['databases'])
    rmSync(path, { recursive: true })
    mkdirSync(`${path}.new-one`)
    writeFileSync(join(`${path}.new-one`, OWNER_FILE), 'shop\n')
    await makeOwnedDirectory(host, path, { cluster: 'shop', ...user, signal })
    expect(readdirSync(join(folder, 'databases')).sort()).toEqual([OWNER_FILE, 'one'])
  })
  it('counts as empty, where the file that says so was cut off', async () => {
    writeFileSync(join(folder, `${OWNER_FILE}.new`), 'sh')
    expect(await findOwner(host, folder, signal)).toBe('empty')
    await makeOwnedDirectory(host, folder, { cluster: 'shop', signal })
    expect(await findOwner(host, folder, signal)).toBe('shop')
    expect(readdirSync(folder)).toEqual([OWNER_FILE])
  })
  it('is left as it is where it is of somebody else', async () => {
    const path = join(folder, 'theirs')
    mkdirSync(path)
    writeFileSync(join(path, 'file'), 'precious')
    expect(await findOwner(host, path, signal)).toBe('foreign')
    await expect(removeOwnedDirectory(host, path, 'shop', signal)).rejects.toThrow('is not of cluster shop')
    writeFileSync(join(path, OWNER_FILE), 'other\n')
    await expect(removeOwnedDirectory(host, path, 'shop', signal)).rejects.toThrow('is not of cluster shop')
    expect(readFileSync(join(path, 'file'), 'utf8')).toBe('precious')
    expect(existsSync(folder)).toBe(true)
  })
})
