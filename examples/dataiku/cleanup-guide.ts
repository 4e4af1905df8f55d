import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAddress, type ActionResult, type RunResult } from 'convergent'
import type { CliContext } from 'convergent/cli'
import { isForContents } from './guard-contents.ts'
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
  const place = `-e ${quote(stack)}${stateDir === '.convergent' ? '' : ` --checkpoint-dir ${quote(stateDir)}`}`
  await writeFile(path, formatGuide({ run: rollback.runId, env: stack, place }, left), { mode: 0o600 })
  return `Manual cleanup: ${left.length} ${left.length === 1 ? 'object needs' : 'objects need'} a person; ${path} says what to do, with ids and commands.`
}

/** What a guide is about. */
export interface GuideHead {
  /** The rollback. */
  readonly run: string
  readonly env: string
  /** What commands need to find its state. */
  readonly place: string
}

/** The guide, as Markdown. */
export function formatGuide({ run, env, place }: GuideHead, left: readonly ActionResult[]): string {
  // What only a person can settle is no run's to try again.
  const again = left.some(({ outcome }) => outcome !== 'blocked') ? `\`dataiku resume ${run} ${place}\` tries again, once the cause is gone; this is for what stays.` : 'To try again would come to the same.'
  const head = [
    `# Manual cleanup: environment ${env}, rollback ${run}`,
    '',
    `The rollback could not take back ${left.length === 1 ? 'one object' : `${left.length} objects`}. The commands need \`DATAIKU_DSS_URL\` and \`DATAIKU_API_KEY\`. ${again}`,
  ]
  return `${[...head, ...left.flatMap((each, at) => ['', ...describe(each, at + 1, place)])].join('\n')}\n`
}

function describe({ address, id, kind, outcome, error, message }: ActionResult, number: number, place: string): readonly string[] {
  const { type, name } = parseAddress(address)
  const known = id ?? name
  const why = error?.message ?? message ?? outcome
  const title = [`## ${number}. ${type} ${name} (id ${known})`, '', outcome === 'blocked' ? `It needs a person: ${why}` : `It was to be ${WORDS[kind] ?? 'taken back'}: ${outcome}. ${why}`, '']
  const url = `$DATAIKU_DSS_URL/dip/publicapi${pathOf(type, known)}`
  const look = (below = ''): string => `curl -s -u "$DATAIKU_API_KEY:" "${url}${below}"`
  const forget = `dataiku state rm ${address} ${place}`
  const write = (what: string, ...commands: readonly string[]): readonly string[] => [...title, what, '', '```sh', ...commands, '```']
  // A delete that is blocked takes nothing back: what was under way is not known, and nobody may know the object to be the run's.
  if (outcome === 'blocked') return write('Look at it; what is left to do then is in the next plan:', look())
  if (kind !== 'delete') return write('Look at it, and set by hand what differs from before:', look())
  if (isForContents(why)) return write('Others work in it, and a delete would take what is theirs: look at what is in it, and leave it to them by taking it out of the state:', look(), look('/datasets/'), look('/recipes/'), forget)
  const query = type === 'Recipe' ? '' : type === 'Dataset' ? '?dropData=false' : '?clearManagedDatasets=false&wait=true'
  const caution = type === 'Project' ? ' All that is in it goes with it, so only where nothing is listed below its `/datasets/` and `/recipes/`:' : ''
  return write(`Look whether it is there, delete it (its data stays), and take it out of the state${caution === '' ? ':' : `.${caution}`}`, look(), `curl -s -u "$DATAIKU_API_KEY:" -X DELETE "${url}${query}"`, forget)
}

/** What a rollback does, of what it knows the run to have done. */
const WORDS: Readonly<Partial<Record<ActionResult['kind'], string>>> = {
  delete: 'deleted, since the run had created it',
  update: 'brought back to what it was',
  create: 'created again, since the run had deleted it',
  replace: 'brought back to what it was',
  forget: 'given up again, since the run had taken it over',
}

function pathOf(type: string, id: string): string {
  const { project, name } = readPlace(id)
  if (type === 'Project') return `/projects/${encodeURIComponent(id)}`
  return `/projects/${encodeURIComponent(project)}/${type === 'Dataset' ? 'datasets' : 'recipes'}/${encodeURIComponent(name)}`
}

/** A word as a shell reads it back. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
