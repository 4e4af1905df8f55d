import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadKonnect, type LoadOptions } from '../../../examples/konnect/input/load.ts'
import { findFaults, makeFolder } from './loading.ts'

const SPEC = 'openapi: 3.1.0\ninfo:\n  title: Tides\n  contact: {email: tide@harbour.example}\nservers: [{url: "https://one.example"}]\nnothing: null\n'

/** Loads `in/main.yaml` of a folder, whose only API has the value as its description. */
function describeWith(value: string, files: Readonly<Record<string, string | Uint8Array>> = {}, options: LoadOptions = {}, prepare: (folder: string) => void = () => undefined) {
  const folder = makeFolder({ 'in/main.yaml': `apis:\n  - ref: a\n    name: A\n    description: ${value}\n`, 'in/specs/tides.yaml': SPEC, 'outside.txt': 'out', ...files })
  prepare(folder)
  const load = () => loadKonnect([join(folder, 'in/main.yaml')], options.baseDir === undefined ? options : { ...options, baseDir: join(folder, options.baseDir) })
  return { read: () => load().desired[0]?.inputs['description'], faults: () => findFaults(load, folder) }
}

describe('!file', () => {
  it.each([
    ['a text', '!file specs/tides.yaml', SPEC],
    ['a value out of it', '!file specs/tides.yaml#info.title', 'Tides'],
    ['a value of a list', '!file specs/tides.yaml#servers.0.url', 'https://one.example'],
    ['as a map', '!file {path: ./specs/tides.yaml, extract: info.contact.email}', 'tide@harbour.example'],
    ['as a map without a part', '!file {path: specs/tides.yaml}', SPEC],
    ['a map', '!file specs/tides.yaml#info.contact', { email: 'tide@harbour.example' }],
    ['null', '!file specs/tides.yaml#nothing', null],
  ])('%s', (_title, value, expected) => {
    expect(describeWith(value).read()).toEqual(expected)
  })

  it.each([['png', 'image/png'], ['jpg', 'image/jpeg'], ['SVG', 'image/svg+xml'], ['ico', 'image/x-icon']])('an image (%s) is a data URL', (extension, type) => {
    expect(describeWith(`!file logo.${extension}`, { [`in/logo.${extension}`]: new Uint8Array([1, 2, 255]) }).read()).toBe(`data:${type};base64,AQL/`)
  })

  it('reads above its folder when the base folder is wider', () => {
    expect(describeWith('!file ../outside.txt', {}, { baseDir: '.' }).read()).toBe('out')
  })

  it.each([
    ['nothing there', '!file none.txt', '4:24 !file none.txt: there is no such file'],
    ['a folder', '!file specs', '4:24 !file specs: it is no file'],
    ['no path', '!file {extract: a}', '4:24 !file needs a path'],
    ['outside', '!file ../outside.txt', '4:24 !file ../outside.txt: it lies outside of ./in; name a wider folder with --base-dir'],
    ['outside, whether or not it is there', '!file ../none.txt', '4:24 !file ../none.txt: it lies outside of ./in; name a wider folder with --base-dir'],
    ['outside, by its whole path', '!file /etc/hostname', '4:24 !file /etc/hostname: it lies outside of ./in; name a wider folder with --base-dir'],
    ['a part that is not there', '!file specs/tides.yaml#info.name', '4:24 !file specs/tides.yaml#info.name: there is no "name" in it'],
    ['a part of a text', '!file specs/tides.yaml#openapi.x', '4:24 !file specs/tides.yaml#openapi.x: there is no "x" in it'],
    ['what only code has', '!file specs/tides.yaml#servers.length', '4:24 !file specs/tides.yaml#servers.length: there is no "length" in it'],
  ])('%s', (_title, value, fault) => {
    expect(describeWith(value).faults()).toEqual([`invalid-file ${fault}`])
  })

  it('an unknown key', () => {
    expect(describeWith('!file {pth: x}').faults()).toEqual(['invalid-yaml 4:18 invalid YAML: !file has no "pth"; did you mean "path"?'])
  })

  it('what is no text, no YAML, or too large', () => {
    const files = { 'in/x.bin': new Uint8Array([0, 255, 254]), 'in/bad.yaml': 'a: [', 'in/large.txt': new Uint8Array(10 * 1024 * 1024 + 1) }
    expect(describeWith('!file x.bin', files).faults()).toEqual(['invalid-file 4:24 !file x.bin: it is no text (UTF-8)'])
    expect(describeWith('!file bad.yaml#a', files).faults()[0]).toMatch(/^invalid-file 4:24 !file bad.yaml#a: it is no YAML or JSON: /)
    expect(describeWith('!file large.txt', files).faults()).toEqual(['invalid-file 4:24 !file large.txt: it has 10485761 bytes, at most 10485760 are read'])
  })

  it('a link that leads out is refused, one that stays is followed', () => {
    const linked = (target: string) =>
      describeWith('!file link.txt', {}, {}, (folder) => {
        mkdirSync(join(folder, 'in/docs'))
        writeFileSync(join(folder, 'in/docs/x.txt'), 'inside')
        symlinkSync(join(folder, target), join(folder, 'in/link.txt'))
      })
    expect(linked('in/docs/x.txt').read()).toBe('inside')
    expect(linked('outside.txt').faults()).toEqual(['invalid-file 4:24 !file link.txt: it lies outside of ./in; name a wider folder with --base-dir'])
  })
})
