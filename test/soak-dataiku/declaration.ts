import type { Fields } from '../../src/core/json.ts'
import type { Resource } from '../../src/core/resource.ts'
import { rollOf } from '../soak/chance.ts'
import type { Declared } from '../soak-parts/stage.ts'

/** Which declaration: every process that is told the same declares the same. */
export interface Declaration extends Declared {
  readonly seed: number
  readonly round: number
  /** `refused`: with a dataset that the server refuses, and a recipe that needs it. `without-second`: without the second project. */
  readonly trouble?: 'refused' | 'without-second'
}

/** The projects that are ours: the first is in every declaration. */
export const PROJECTS = ['FLEET', 'SALES'] as const
/** Somebody else's, and a dataset of it that ours read. */
export const THEIRS = 'THEIRS'
export const THEIR_DATASET = 'base'

const SOURCE_COUNT = 3
const OUTPUT_COUNT = 3

/** Projects, their datasets and the recipes between them. */
export function declareResources(declaration: Declaration): readonly Resource[] {
  const external: Resource = { type: 'Dataset', name: `${THEIRS}.${THEIR_DATASET}`, external: true, inputs: { id: `${THEIRS}.${THEIR_DATASET}` } }
  return [external, ...PROJECTS.flatMap((key) => declareProject(declaration, key))]
}

/** What follows from a declaration for a project alone. `at`: of another generation. */
function rollProject({ seed, round, generation, trouble }: Declaration, key: string) {
  const roll = (what: string, below: number, at = generation): number => rollOf(`${seed} ${round} ${at} ${key} ${what}`, below)
  const isThere = (slot: string, at = generation): boolean => at >= 0 && roll(`${slot} is there`, 6, at) > 0
  return {
    roll,
    one: <T>(what: string, ...of: readonly T[]): T => of[roll(what, of.length)] as T,
    isThere,
    nameOf: (slot: string, at = generation): string => `${slot}${['', '', '', '_new'][roll(`${slot} is called`, 4, at)] ?? ''}`,
    hasProject: (at = generation): boolean => at >= 0 && (key === PROJECTS[0] || (trouble !== 'without-second' && isThere('it', at))),
  }
}

function declareProject(declaration: Declaration, key: string): readonly Resource[] {
  const { generation, trouble } = declaration
  const { roll, one, isThere, nameOf, hasProject } = rollProject(declaration, key)
  if (!hasProject()) return []

  const inProject = { projectKey: key }
  const resources: Resource[] = []
  const add = (type: string, name: string, inputs: Fields, dependsOn: readonly string[], movedFrom?: string): void => {
    resources.push({ type, name, inputs: Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined)), dependsOn, ...(movedFrom !== undefined && { movedFrom }) })
  }
  const texts = (what: string): Fields => ({
    description: one(`${what} is described`, undefined, 'One', 'Two'),
    shortDesc: one(`${what} in short`, undefined, undefined, 'Short'),
    tags: one(`${what} is tagged`, undefined, ['a'], ['a', 'b'], ['c']),
  })

  add('Project', key, {
    ...inProject,
    ...texts('it'),
    label: one('label', undefined, `The ${key}`, `${key}, anew`),
    owner: one('owner', undefined, 'ana', 'ben'),
    settings: { limits: { maxOpenedStreams: one('streams', 10, 20) }, ...one<Fields>('setting', {}, { soaked: 'yes' }, { soaked: 'no', deep: { er: 1 } }) },
    variables: one('variables', undefined, { standard: { region: 'eu' } }, { standard: { region: 'us', size: { most: 3 } }, local: { path: '/data' } }, { standard: {} }),
    permissions: one('permissions', undefined, [{ group: 'team', readProjectContent: true }], [{ group: 'team', writeProjectContent: true }, { group: 'guests', readProjectContent: true }]),
    dropData: roll('drops', 2) === 0 ? true : undefined,
  }, [])

  const addDataset = (slot: string): void => {
    if (!isThere(slot)) return
    const [name, old] = [nameOf(slot), nameOf(slot, generation - 1)]
    const isMoved = hasProject(generation - 1) && isThere(slot, generation - 1) && old !== name && roll(`${slot} says so`, 2) === 0
    const columns = one(`${slot} has columns`, undefined, [{ name: 'id', type: 'bigint' }], [{ name: 'id', type: 'bigint' }, { name: 'at', type: 'date', comment: 'When' }], [{ name: 'text', type: 'string' }])
    const from = roll(`${slot} is of type`, 5, Math.floor(generation / 2))
    const fields = [
      { type: 'Filesystem', params: { connection: 'root', path: `/${key}/${name}/${one(`${slot} path`, 'a', 'b')}` }, formatType: 'csv', formatParams: { style: 'excel', separator: one(`${slot} separator`, ',', ';') } },
      { type: 'PostgreSQL', params: { connection: 'warehouse', mode: 'table', schema: key.toLowerCase(), table: name } },
      { managed: true, connectionId: 'filesystem_managed', formatOptionId: one(`${slot} format`, 'PARQUET_HIVE', 'PARQUET_HIVE', 'CSV_EXCEL_GZIP') },
      { managed: true, connectionId: 'postgres_managed' },
      { type: 'UploadedFiles' },
    ][from] as Fields
    add('Dataset', `${key}.${name}`, { ...inProject, name, ...fields, ...texts(slot), ...(columns && { schema: { columns } }), dropData: one(`${slot} drops`, undefined, true, undefined, false) }, [`Project/${key}`], isMoved ? `Dataset/${key}.${old}` : undefined)
  }
  const sources = Array.from({ length: SOURCE_COUNT }, (_, index) => `s${index}`)
  const outputs = Array.from({ length: OUTPUT_COUNT }, (_, index) => `o${index}`)
  for (const slot of [...sources, ...outputs]) addDataset(slot)

  const readable = [...sources.filter((slot) => isThere(slot)).map((slot) => `${key}.${nameOf(slot)}`), `${THEIRS}.${THEIR_DATASET}`]
  const other = PROJECTS.find((each) => each !== key) as string
  const theirs = rollProject(declaration, other)
  const foreign = theirs.hasProject() && theirs.isThere('s0') ? [`${other}.${theirs.nameOf('s0')}`] : []
  outputs.forEach((slot, index) => {
    if (!isThere(slot) || !isThere(`r${index}`)) return
    const output = `${key}.${nameOf(slot)}`
    const read = [...readable, ...foreign].filter((_, at) => roll(`r${index} reads ${at}`, 3) === 0)
    const isCode = roll(`r${index} is code`, 3, Math.floor(generation / 2)) > 0
    const inputs = read.length === 0 ? undefined : { main: { items: read.map((ref) => ({ ref })) } }
    add('Recipe', `${key}.make_${slot}`, {
      ...inProject,
      name: `make_${slot}`,
      type: isCode ? 'python' : 'sync',
      inputs,
      outputs: { main: { items: [{ ref: output, ...one<Fields>(`r${index} appends`, {}, {}, { appendMode: true }) }] } },
      params: one(`r${index} params`, undefined, { a: 1 }, { a: 2, deep: { er: true } }),
      payload: isCode ? one(`r${index} code`, undefined, 'print(1)\n', 'print(2)\n') : undefined,
      ...texts(`r${index}`),
    }, [`Project/${key}`, ...[output, ...read].map((ref) => `Dataset/${ref}`)])
  })
  if (trouble === 'refused' && key === PROJECTS[0]) {
    add('Dataset', `${key}.bad`, { ...inProject, name: 'bad', type: 'Nonsense' }, [`Project/${key}`])
    add('Recipe', `${key}.make_bad`, { ...inProject, name: 'make_bad', type: 'python', outputs: { main: { items: [{ ref: `${key}.bad` }] } } }, [`Project/${key}`, `Dataset/${key}.bad`])
  }
  return resources
}
