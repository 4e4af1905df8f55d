import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAddress, type ActionResult, type RunResult } from 'convergent'
import type { CliContext } from 'convergent/cli'
import { readPlace } from './place.ts'

/** What of a rollback needs a person. */
const LEFT = ['failed', 'blocked', 'stale', 'interrupted', 'skipped', 'cancelled'] as const

/** After a rollback that left something: writes what is to be done by hand, with ids and commands, and says where. */
export async function writeCleanupGuide(result: RunResult, { stack, stateDir }: CliContext): Promise<string | undefined> {
  const rollback = result.rollback ?? (result.mode === 'rollback' ? result : undefined)
  const left = rollback?.actions.filter(({ outcome }) => LEFT.some((each) => each === outcome)) ?? []
  if (rollback === undefined || left.length === 0) return undefined
  const path = join(stateDir, `cleanup-${stack}-${rollback.runId}.md`)
  await mkdir(stateDir, { recursive: true })
  await writeFile(path, formatGuide({ run: rollback.runId, again: result.rollback === undefined ? `resume ${rollback.runId}` : `rollback ${result.runId}`, env: stack }, left), { mode: 0o600 })
  return `Manual cleanup: ${left.length} ${left.length === 1 ? 'object needs' : 'objects need'} a person; ${path} says what to do, with ids and commands.`
}

/** What a guide is about. */
export interface GuideHead {
  /** The rollback. */
  readonly run: string
  /** The command that tries again. */
  readonly again: string
  readonly env: string
}

/** The guide, as Markdown. */
export function formatGuide({ run, again, env }: GuideHead, left: readonly ActionResult[]): string {
  const head = [
    `# Manual cleanup: environment ${env}, rollback ${run}`,
    '',
    `The rollback could not take back ${left.length === 1 ? 'one object' : `${left.length} objects`}. The commands need \`DATAIKU_DSS_URL\` and \`DATAIKU_API_KEY\`. \`dataiku ${again} -e ${env}\` tries again, once the cause is gone; this is for what stays.`,
  ]
  return `${[...head, ...left.flatMap((each, at) => ['', ...describe(each, at + 1, env)])].join('\n')}\n`
}

function describe({ address, id, kind, outcome, error, message }: ActionResult, number: number, env: string): readonly string[] {
  const { type, name } = parseAddress(address)
  const known = id ?? name
  const why = error?.message ?? message ?? outcome
  const title = [`## ${number}. ${type} ${name} (id ${known})`, '', `It was to be ${WORDS[kind] ?? 'taken back'}: ${outcome}. ${why}`, '']
  const url = `$DATAIKU_DSS_URL/dip/publicapi${pathOf(type, known)}`
  const look = `curl -s -u "$DATAIKU_API_KEY:" "${url}"`
  if (kind !== 'delete') return [...title, 'Look at it, and set by hand what differs from before:', '', '```sh', look, '```']
  const query = type === 'Recipe' ? '' : type === 'Dataset' ? '?dropData=false' : '?clearManagedDatasets=false&wait=true'
  return [...title, 'Look whether it is there, delete it (its data stays), and take it out of the state:', '', '```sh', look, `curl -s -u "$DATAIKU_API_KEY:" -X DELETE "${url}${query}"`, `dataiku state rm ${address} -e ${env}`, '```']
}

const WORDS: Readonly<Partial<Record<ActionResult['kind'], string>>> = { delete: 'deleted, since the run had created it', update: 'brought back to what it was', create: 'created again, since the run had deleted it' }

function pathOf(type: string, id: string): string {
  const { project, name } = readPlace(id)
  if (type === 'Project') return `/projects/${encodeURIComponent(id)}`
  return `/projects/${encodeURIComponent(project)}/${type === 'Dataset' ? 'datasets' : 'recipes'}/${encodeURIComponent(name)}`
}
