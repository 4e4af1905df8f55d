import type { Action } from '../core/action.ts'
import { formatPath } from '../core/json.ts'
import type { Layout } from './change-lines.ts'
import { renderChange } from './change-lines.ts'
import { countOf } from './cut.ts'
import { neutralise } from './neutralise.ts'
import { isTakenBack, renderOperation } from './operation-lines.ts'
import type { Paint, Palette } from './palette.ts'

const GUARANTEES = {
  'exactly-once': 'created exactly once, also over a crash',
  'found-by-key': 'found by its key after a crash or a lost reply',
  interrupted: 'a crash or a lost reply during the create needs a person',
} as const

const OPERATION_GUARANTEES = {
  'exactly-once': 'done exactly once, also over a crash',
  'found-by-key': 'found by its key after a crash or a lost reply',
  interrupted: 'a crash while it runs needs a person',
} as const

/** The lines of one action: what happens to which object, why, and field by field. `writes`: how many calls it settles. */
export function renderAction(action: Action, layout: Layout, writes = 0): readonly string[] {
  const { palette } = layout
  const { symbol, paint } = symbolOf(action, palette)
  const lines = [`${paint(symbol.padStart(3))} ${palette.bold(neutralise(action.address))}${describeId(action)}${describeKind(action, palette)}${writes === 0 ? '' : palette.dim(` (once, after ${countOf(writes, 'write')})`)}`]
  const add = (text: string): void => void lines.push(`      ${text}`)
  if (action.blocked !== undefined) {
    const because = action.blocked.because === undefined || action.blocked.message.includes(action.blocked.because) ? '' : ` (because of ${neutralise(action.blocked.because)})`
    add(`${palette.magenta(`blocked, ${action.blocked.reason}:`)} ${neutralise(action.blocked.message)}${because}`)
  }
  if (action.loss !== undefined) add(palette.red(`destroys ${neutralise(action.loss)}`))
  if (action.movedFrom !== undefined) add(`moved from ${neutralise(action.movedFrom)}`)
  if (action.adopts === true) add(`adopts the object that exists${action.id === undefined ? '' : ` (id ${neutralise(action.id)})`}`)
  // Of a delete it is the very id in the line above.
  if (action.kind !== 'delete' && action.deposed !== undefined && action.deposed.length > 0) add(`deletes older objects at this address: ${action.deposed.map(neutralise).join(', ')}`)
  const changed = new Set(action.changes.map(({ path }) => formatPath(path)))
  for (const change of action.changes) for (const line of renderChange(change, layout, action.kind === 'create')) add(line)
  for (const path of action.unset ?? []) if (!changed.has(formatPath(path))) add(`${palette.red('-')} ${neutralise(formatPath(path))}: ${palette.dim('(unset)')}`)
  for (const line of renderOperation(action, layout)) add(line)
  if (layout.verbose) for (const line of describeOrder(action)) add(palette.dim(line))
  return lines
}

/** The symbol of an action, which a reader finds at the start of its line. */
export function symbolOf(action: Action, palette: Palette): { readonly symbol: string; readonly paint: Paint } {
  if (action.blocked !== undefined) return { symbol: '!', paint: palette.magenta }
  switch (action.kind) {
    case 'create':
      return { symbol: '+', paint: palette.green }
    case 'update':
      return { symbol: '~', paint: palette.yellow }
    case 'replace':
      return { symbol: action.replaceOrder === 'create-first' ? '+/-' : '-/+', paint: palette.red }
    case 'delete':
      return { symbol: '-', paint: palette.red }
    case 'operation':
      return isTakenBack(action) ? { symbol: '<', paint: palette.yellow } : { symbol: '>', paint: palette.green }
    case 'forget':
      return { symbol: '#', paint: palette.cyan }
    case 'settle':
      return { symbol: '*', paint: palette.cyan }
  }
}

function describeId({ id, adopts }: Action): string {
  return id === undefined || adopts === true ? '' : ` (id ${neutralise(id)})`
}

function describeKind(action: Action, palette: Palette): string {
  if (action.kind === 'operation' || action.kind === 'settle') return `${action.description === undefined ? '' : `: ${neutralise(action.description)}`}${action.reason === undefined ? '' : `: ${neutralise(action.reason)}`}`
  const words: string[] = [action.kind]
  if (action.kind === 'replace') words.push(action.replaceOrder === 'create-first' ? '(creates the new one first)' : '(deletes the old one first)')
  return ` ${palette.dim(words.join(' '))}${action.reason === undefined ? '' : `: ${neutralise(action.reason)}`}`
}

function describeOrder({ kind, steps, guarantee, parentId, protected: isProtected, dependsOn }: Action): readonly string[] {
  if (kind === 'operation')
    return [...(dependsOn.length === 0 ? [] : [`depends on ${dependsOn.map(neutralise).join(', ')}`]), ...(guarantee === undefined ? [] : [OPERATION_GUARANTEES[guarantee]])]
  return [
    ...(parentId === undefined ? [] : [`lives in ${neutralise(parentId)}`]),
    ...(isProtected === true ? ['protected from then on'] : []),
    ...steps.map(({ key, after, settledBy }) => `${neutralise(key)} ${after.length === 0 ? (kind === 'settle' ? 'comes last' : 'starts at once') : `waits for ${after.map(neutralise).join(', ')}`}${settledBy === undefined ? '' : `, settled by ${neutralise(settledBy)}`}`),
    ...(guarantee === undefined ? [] : [GUARANTEES[guarantee]]),
  ]
}
