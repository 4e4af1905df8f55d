import type { Plan } from '../core/plan.ts'
import { symbolOf } from './action-lines.ts'
import type { Layout } from './change-lines.ts'
import { cutLines } from './cut.ts'
import { renderEstimate } from './estimate-text.ts'
import { neutralise, neutraliseLines } from './neutralise.ts'
import { choosePalette } from './palette.ts'
import { renderActions } from './phase-text.ts'
import { renderSummary } from './summary-text.ts'
import { renderValidation } from './validation-text.ts'

/** How text is rendered. */
export interface RenderOptions {
  /** True: with ANSI colours. Default: false. */
  readonly color?: boolean
  /** Characters in a line. Default: 100. */
  readonly width?: number
  /** True: nothing is cut, and order and guarantees are shown. Default: false. */
  readonly verbose?: boolean
}

/** The layout that options ask for. */
export function layOut({ color = false, width = 100, verbose = false }: RenderOptions): Layout {
  return { palette: choosePalette(color), width: Math.max(40, width), verbose }
}

/**
 * A plan as people review it: each action with its symbol, address, id and fields, then what they should know, then one line
 * that sums it up. Ends without a line break. Values of secrets are never in it, and nothing in it steers a terminal.
 */
export function renderPlan(plan: Plan, options: RenderOptions = {}): string {
  const layout = layOut(options)
  const { palette } = layout
  const blocks: string[][] = [[palette.dim(`Plan ${neutralise(plan.id)}${plan.operation === undefined ? '' : ` (${neutralise(plan.operation)})`} for stack ${neutralise(plan.stack)}, mode ${plan.mode}, made ${neutralise(plan.createdAt)}`)]]
  if (plan.openRun !== undefined)
    blocks.push([palette.yellow(`Run ${neutralise(plan.openRun)} of this stack has not ended; what it did is taken into account.`)])
  for (const lines of renderActions(plan, layout)) blocks.push([...lines])
  const notes = [...renderUnreadable(plan, layout), ...renderViolations(plan, layout), ...renderWarnings(plan, layout)]
  if (notes.length > 0) blocks.push(notes)
  if (plan.validation !== undefined) {
    const checked = renderValidation(plan.validation, layout)
    if (checked.length > 0) blocks.push([...checked])
  }
  if (plan.estimate !== undefined) blocks.push([...renderEstimate(plan.estimate, layout.verbose)])
  const ending = [...renderLegend(plan, layout), palette.bold(renderSummary(plan))]
  if (plan.expiresAt !== undefined) ending.push(`It is refused after ${neutralise(plan.expiresAt)}.`)
  blocks.push(ending)
  return blocks.map((lines) => lines.join('\n')).join('\n\n')
}

function renderUnreadable({ unreadable }: Plan, { palette, verbose }: Layout): readonly string[] {
  return unreadable.flatMap(({ subject, error, leavesOut }) => [
    `${palette.red('Unreadable:')} ${neutralise(subject)}: ${neutralise(error.message)}`,
    ...(leavesOut.length === 0 ? ['  nothing that is declared is left out because of it'] : ['  left out of this plan because of it:']),
    ...(verbose ? leavesOut : cutLines(leavesOut, 10, 'resource')).map((address) => `    ${neutralise(address)}`),
  ])
}

function renderViolations({ violations }: Plan, { palette }: Layout): readonly string[] {
  return violations.map(({ policy, level, message, address }) => {
    const head = level === 'deny' ? palette.red('Denied by policy') : palette.yellow('Policy warning')
    return `${head} ${neutralise(policy)}: ${address === undefined ? '' : `${neutralise(address)}: `}${neutraliseLines(message)}`
  })
}

function renderWarnings({ warnings }: Plan, { palette }: Layout): readonly string[] {
  return warnings.map(({ message, address }) => `${palette.yellow('Warning:')} ${address === undefined ? '' : `${neutralise(address)}: `}${neutraliseLines(message)}`)
}

const LEGEND = { '+': 'create', '~': 'update', '-/+': 'delete, then create', '+/-': 'create, then delete', '-': 'delete', '#': 'forget', '>': 'run', '<': 'take back', '*': 'settle', '!': 'blocked' } as const

function renderLegend({ actions }: Plan, { palette }: Layout): readonly string[] {
  const used = new Set<string>(actions.map((action) => symbolOf(action, palette).symbol))
  const shown = Object.entries(LEGEND).filter(([symbol]) => used.has(symbol))
  return shown.length === 0 ? [] : [palette.dim(shown.map(([symbol, words]) => `${symbol} ${words}`).join('   '))]
}
