import { expect, it } from 'vitest'
import { OutputRecorder } from '../../../src/engine/operation/output.ts'

const keep = () => {
  const kept: string[] = []
  return { kept, keep: async (text: string) => (kept.push(text), 'document') }
}

it('keeps what is short in the journal, and of what is long the end, with all of it beside', async () => {
  const { kept, keep: put } = keep()
  expect(await new OutputRecorder().finish(put)).toBeUndefined()
  const short = new OutputRecorder()
  short.print('a')
  short.print('b\n')
  expect(await short.finish(put)).toEqual({ text: 'ab\n', length: 3 })
  const long = new OutputRecorder()
  for (let line = 0; line < 2_000; line++) long.print(`line ${line}\n`)
  const output = await long.finish(put)
  expect(output).toMatchObject({ length: kept[0]?.length, document: 'document' })
  expect(output?.text).toHaveLength(4_096)
  expect(kept[0]?.endsWith(output?.text ?? '')).toBe(true)
})

it('leaves out the middle of what is far too long, no secret and no character cut in two', async () => {
  const { kept, keep: put } = keep()
  const output = new OutputRecorder((text) => text.replaceAll('secret', '(sensitive)'))
  for (let at = 0; at < 1_400_000; at++) output.print(at % 2 === 0 ? 'sec' : 'ret 🙂\n')
  const { text, length } = (await output.finish(put)) as { text: string; length: number }
  expect(length).toBe(7_000_000)
  expect(kept[0]?.length).toBeLessThan(5_000_000)
  for (const shown of [text, kept[0] as string]) {
    expect(shown).not.toContain('secret')
    expect(shown.replace('\n… here is left out what is too much …\n', '\n').replaceAll('(sensitive) 🙂\n', '').length).toBeLessThan(40)
    expect(shown).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/)
  }
})

it('does without the document that a store refuses', async () => {
  const output = new OutputRecorder()
  output.print('x'.repeat(5_000))
  expect(await output.finish(async () => Promise.reject(new Error('full')))).toEqual({ text: 'x'.repeat(4_096), length: 5_000 })
})
