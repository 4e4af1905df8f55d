import type { Check, OperationDefinition } from 'convergent/operations'
import * as z from 'zod'
import { instanceSchema, type Instance } from '../../cluster.ts'
import { ask, talk, type Say } from './ask.ts'
import { askRouter } from './routers.ts'
import { primaryOf } from './set-state.ts'
import { compareSeries, isReachable, seriesOf } from './series.ts'
import { untilSo } from './until-so.ts'

/** It waits until each set has agreed, and a downgrade of a shard looks through its data. */
const SET_MS = 600_000

const schema = z.strictObject({
  /** What is set: `8.0`. Absent: what they all run by then, where that is not known before it is downloaded. */
  version: z.string().exactOptional(),
  /** All that have data, config servers too. */
  members: z.array(instanceSchema).min(1),
  /** Of a sharded cluster: one of them is told. */
  routers: z.array(instanceSchema),
  waitMs: z.number(),
})

type Params = z.infer<typeof schema>

/** Asked before anything is touched: a program that is too far ahead of its data does not even start. */
const isReachableFromHere: Check<Params> = {
  name: 'upgrade path',
  at: 'plan',
  run: async ({ version, members }, { signal }) => {
    const found = await Promise.all(members.map((member) => readBoth(member, signal)))
    for (const { name, runs, compatible } of found) {
      if (version === undefined) {
        if (compatible !== runs) return describeGap(name, runs, compatible)
        continue
      }
      if (compareSeries(version, runs) < 0) return `${name} runs ${runs}, and ${version} is older; mongodb is not downgraded, take ${runs} or a later version`
      if (!isReachable(runs, version)) return `${name} runs ${runs}, and ${version} is too far ahead of that; upgrade to one major version after the other, each to its .0 first`
      if (!isReachable(compatible, version)) return describeGap(name, runs, compatible)
    }
    if (version === undefined) return { status: 'warning', message: `${found[0]?.runs} is to be upgraded to what is not downloaded yet: whether that leaves out a major version is not known; look at its name` }
    return { status: 'passed', message: `${found[0]?.compatible} becomes ${version}`, details: Object.fromEntries(found.map(({ name, runs, compatible }) => [name, `${runs}, compatible with ${compatible}`])) }
  },
}

function describeGap(name: string, runs: string, compatible: string): string {
  return `${name} runs ${runs}, and its data is still compatible with ${compatible}; once you are sure of ${runs}, send { setFeatureCompatibilityVersion: "${runs}", confirm: true }, then upgrade`
}

/** One that knows nothing of the new version would end as soon as it hears of it. */
const isRunEverywhere: Check<Params> = {
  name: 'versions',
  at: 'run',
  run: async ({ version, members }, { signal }) => {
    if (version === undefined) return
    const old = (await Promise.all(members.map((member) => readBoth(member, signal)))).filter(({ runs }) => compareSeries(runs, version) < 0)
    return old.length === 0 ? undefined : `${old.map(({ name, runs }) => `${name} still runs ${runs}`).join(', ')}; all must run ${version} first`
  },
}

/** Lets the databases write what only the new version can read. */
export const setFeatureCompatibility = {
  schema,
  describe: ({ version }) => `let data be what ${version === undefined ? 'the new version' : `version ${version}`} and later can read`,
  expects: ({ version }) => [{ subject: 'feature compatibility', action: 'update', ...(version !== undefined && { after: version }) }],
  estimate: () => ({ durationMs: 5_000 }),
  checks: [isReachableFromHere, isRunEverywhere],
  timeoutMs: 3_600_000,
  isDone: async (params, { signal }) => isEverywhere(await aimOf(params, signal), params.members, signal),
  run: async (params, { signal }) => {
    const version = await aimOf(params, signal)
    const before = (await talk(params.members[0] as Instance, signal, readCompatibility)).version
    await set(params, version, signal)
    return { value: { before }, changes: [{ subject: 'feature compatibility', action: 'update', before, after: version }] }
  },
  // The programs that come back with a rollback would not start with data of the new version.
  undo: async (params, { signal, result }) => {
    const { before } = (result.value ?? {}) as { readonly before?: string }
    if (before !== undefined) await set(params, before, signal)
  },
} satisfies OperationDefinition<typeof schema>

/** What all of them can read. */
async function aimOf({ version, members }: Params, signal: AbortSignal): Promise<string> {
  if (version !== undefined) return version
  const [oldest] = (await Promise.all(members.map((member) => readBoth(member, signal)))).map(({ runs }) => runs).sort(compareSeries)
  return oldest as string
}

async function set({ members, routers, waitMs }: Params, version: string, signal: AbortSignal): Promise<void> {
  const { runs } = await readBoth(members[0] as Instance, signal)
  await untilSo(waitMs, signal, async () => {
    if (await isEverywhere(version, members, signal)) return undefined
    // One that was cut off half-way is finished by giving it again.
    const command = { setFeatureCompatibilityVersion: version, ...(compareSeries(runs, '7.0') >= 0 && { confirm: true }) }
    if (routers.length > 0) await askRouter(routers, command, signal, SET_MS)
    else {
      const primary = await primaryOf(members, signal)
      if (primary === undefined) return 'there is no primary'
      await ask(primary, command, signal, SET_MS)
    }
    return `not all are at ${version} yet`
  })
}

async function isEverywhere(version: string, members: readonly Instance[], signal: AbortSignal): Promise<boolean> {
  const all = await Promise.all(members.map((member) => talk(member, signal, readCompatibility)))
  return all.every((found) => found.version === version && !found.isChanging)
}

async function readBoth(member: Instance, signal: AbortSignal): Promise<{ readonly name: string; readonly runs: string; readonly compatible: string }> {
  return talk(member, signal, async (say) => ({ name: member.name, runs: seriesOf(String((await say({ buildInfo: 1 }))['version'])), compatible: (await readCompatibility(say)).version }))
}

async function readCompatibility(say: Say): Promise<{ readonly version: string; readonly isChanging: boolean }> {
  const { featureCompatibilityVersion: found } = await say({ getParameter: 1, featureCompatibilityVersion: 1 })
  return { version: String(found.version), isChanging: found.targetVersion !== undefined }
}
