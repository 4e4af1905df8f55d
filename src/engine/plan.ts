import { ConvergentError, DeclarationError, PolicyError, ProviderError, type Issue } from '../core/errors.ts'
import { takeInventory } from '../core/planning/existing.ts'
import { findCarried } from '../core/planning/carried.ts'
import { checkDeclaration } from '../core/planning/declaration.ts'
import { planInPortions } from '../core/planning/create-plan.ts'
import { matchDeclaration } from '../core/planning/matching.ts'
import type { PlanInput } from '../core/planning/input.ts'
import { typeOf } from '../core/address.ts'
import type { Plan } from '../core/plan.ts'
import type { Resource } from '../core/resource.ts'
import type { State } from '../core/state.ts'
import { isMarker, mapMarkers, visitMarkers } from '../core/value.ts'
import { canonicalJson, getPath, type Fields } from '../core/json.ts'
import { systemClock } from './clock.ts'
import { guaranteeOf } from './guarantee.ts'
import { createPlanHooks } from './operation/plan-hooks.ts'
import type { PlanOptions } from './options.ts'
import { checkObserved, makeRead, type Reader } from './read-call.ts'
import { createDigest, prepareSecrets } from './secrets.ts'
import { loadRecorded } from './recorded.ts'
import { Survey } from './survey.ts'
import { runInTurns } from '../store/turn.ts'
import { checkDesired } from './validate.ts'

/**
 * Works out what has to change so that what is declared exists: reads what it needs through the provider and the store,
 * and plans. Nothing is changed.
 *
 * Throws `declaration` for what cannot be planned (every issue at once), `policy` when a policy denies, `provider` when
 * nothing at all could be read, `cycle`, and what the store throws.
 *
 * @example
 * ```ts
 * import { declare, memoryStore, plan } from 'convergent'
 * import { createFakeBackend } from 'convergent/testing'
 *
 * const { provider } = createFakeBackend()
 * const { named } = declare(provider)
 * const changes = await plan([named('front', { name: 'front' })], { provider, store: memoryStore(), stack: 'prod', mode: 'sync' })
 * changes.summary.create // => 1
 * ```
 */
export async function plan(desired: readonly Resource[], options: PlanOptions): Promise<Plan> {
  const { provider, store, clock = systemClock, stack = 'default', mode = 'apply', resolvers = {}, concurrency = 10 } = options
  const existing = options.existing ?? provider.existing ?? 'recorded'
  const hookBounds = { timeoutMs: 60_000, abortGraceMs: 5_000, clock, signal: options.signal ?? new AbortController().signal }
  const hooks = createPlanHooks(options.hooks ?? [], [], hookBounds, { stack })
  await hooks.run('beforePlan')
  const declaration = await checkDesired(desired, provider)
  const recorded = await loadRecorded(store, stack)
  const issues: Issue[] = []
  const digest = recorded.state === undefined ? undefined : await createDigest(recorded.state.salt)
  const prepared = await prepareSecrets(desired, provider.types, resolvers, digest, options.sealer, issues)
  if (issues.length > 0) throw new DeclarationError(issues)

  const resources = [...(recorded.state?.resources.values() ?? [])].filter((resource) => Object.hasOwn(provider.types, typeOf(resource.address)))
  const reader: Reader = {
    provider,
    trace: (call) => options.onEvent?.({ name: 'call:finished', call }),
    bounds: { timeoutMs: options.timeoutMs ?? 30_000, abortGraceMs: 1_000, clock, signal: options.signal ?? new AbortController().signal },
  }
  const types = chooseTypes(prepared, recorded.state, options, existing)
  const externals = prepared.filter(({ external }) => external === true)
  const survey = new Survey({
    reader,
    types,
    recorded: resources.filter(({ address }) => types.has(typeOf(address))),
    scope: options.scope,
    externals: externals.flatMap(({ type, inputs: { id } }) => (typeof id === 'string' ? [{ type, id }] : [])),
    isReferredTo: matchExternals(externals),
    concurrency,
    onEvent: options.onEvent ?? (() => undefined),
  })
  await survey.run()
  refuseBlindness(survey)

  const now = clock.now()
  const input: PlanInput = {
    desired: prepared,
    ...(recorded.state && { recorded: withKnownTypes(recorded.state, resources) }),
    readings: survey.readings,
    types: provider.types,
    mode,
    id: clock.id(),
    stack,
    now: new Date(now).toISOString(),
    ...(options.expiresInMs !== undefined && { expiresAt: new Date(now + options.expiresInMs).toISOString() }),
    existing,
    ...(options.scope && { scope: options.scope }),
    ...(options.allowEmpty !== undefined && { allowEmpty: options.allowEmpty }),
    ...(options.allowReplace !== undefined && { allowReplace: options.allowReplace }),
    ...(options.onProtected && { onProtected: options.onProtected }),
    ...(options.policies && { policies: options.policies }),
    ...(provider.settleGroups && { settleGroups: provider.settleGroups }),
    guarantees: Object.fromEntries(Object.entries(provider.types).map(([name, type]) => [name, guaranteeOf(type)])),
    ...(recorded.openRun !== undefined && { openRun: recorded.openRun }),
    warnings: recorded.warnings,
  }
  if (mode !== 'destroy') {
    await findUnlisted(input, survey, reader)
    await readDetails(input, survey)
  }
  const carried = await runInTurns(findCarried(input))
  const unlisted = new Set([...(carried?.types ?? [])].filter((type) => !types.has(type)))
  if (carried !== undefined && unlisted.size > 0) await survey.listWithin(unlisted, carried.within)
  const made = await runInTurns(planInPortions(input, prepared === desired ? declaration : undefined))
  const denied = made.violations.filter((violation) => violation.level === 'deny')
  if (denied.length > 0) throw new PolicyError(denied)
  await hooks.run('afterPlan', made.id)
  return made
}

/** What is declared, and within the scope what is recorded; where what exists is observed, all that the scope speaks about. With each, what it lives in. */
function chooseTypes(desired: readonly Resource[], state: State | undefined, options: PlanOptions, existing: 'recorded' | 'observed'): ReadonlySet<string> {
  const known = Object.keys(options.provider.types)
  const inScope = (name: string): boolean => options.scope?.types?.includes(name) ?? true
  const types = new Set(desired.map((resource) => resource.type))
  for (const address of state?.resources.keys() ?? []) types.add(typeOf(address))
  if (existing === 'observed') for (const name of known) types.add(name)
  const chosen = new Set([...types].filter((name) => known.includes(name) && (inScope(name) || desired.some((resource) => resource.type === name))))
  for (const name of chosen) {
    const parent = options.provider.types[name]?.parent?.type
    if (parent !== undefined) chosen.add(parent)
  }
  return chosen
}

/** Tells the objects that the declaration refers to as somebody else's, as far as their fields are known before anything is read. */
function matchExternals(externals: readonly Resource[]): NonNullable<ConstructorParameters<typeof Survey>[0]['isReferredTo']> {
  return ({ type, observed }) =>
    externals.some((each) => each.type === type && Object.entries(each.inputs).every(([field, value]) => isMarker(value) || canonicalJson(value) === canonicalJson(field === 'id' ? observed.id : getPath(observed.outputs, field.split('.')))))
}

/** A backend that answers nothing gives no plan: an empty one would look like good news. */
function refuseBlindness(survey: Survey): void {
  const failures = survey.readings.filter((reading) => reading.kind === 'unreadable')
  if (failures.length === 0 || failures.length < survey.readings.length) return
  const [first] = failures
  throw new ProviderError('fatal', `nothing could be read: ${first?.error.message}`, { ...(first?.error.status !== undefined && { status: first.error.status }) })
}

function withKnownTypes(state: State, resources: readonly { readonly address: string }[]): State {
  if (resources.length === state.resources.size) return state
  const known = new Set<string>(resources.map((resource) => resource.address))
  return { ...state, resources: new Map([...state.resources].filter(([address]) => known.has(address))) }
}

/** Looks for declared resources of types that cannot be listed but can be found by their natural key. */
async function findUnlisted(input: PlanInput, survey: Survey, reader: Reader): Promise<void> {
  const { provider } = reader
  const candidates = input.desired.filter((resource) => {
    const type = provider.types[resource.type]
    return type?.find !== undefined && type.list === undefined && !input.recorded?.resources.has(`${resource.type}/${resource.name}`)
  })
  if (candidates.length === 0) return
  await Promise.all(
    candidates.map(async (resource) => {
      const type = provider.types[resource.type]
      const inputs = resolveRecorded(resource.inputs, input.recorded)
      if (inputs === undefined || type?.find === undefined) return
      const find = type.find.bind(type)
      const parentId = type.parent === undefined ? undefined : inputs[type.parent.field]
      try {
        const found = await survey.limit(() => makeRead(reader, type, (context) => find({ name: resource.name, inputs, ...(typeof parentId === 'string' && { parentId }) }, context)))
        if (found !== undefined) survey.note(resource.type, checkObserved(found, `find of ${resource.type}`), typeof parentId === 'string' ? parentId : undefined)
      } catch (error) {
        if (!(error instanceof ConvergentError)) throw error
        survey.readings.push({ kind: 'unreadable', type: resource.type, error: { code: error.code, message: error.message } })
      }
    }),
  )
}

/** Inputs with references to recorded resources replaced by their ids; undefined when one of them is not there yet. */
function resolveRecorded(inputs: Fields, recorded: State | undefined): Fields | undefined {
  let isWhole = true
  const resolved = mapMarkers(inputs, (marker) => {
    if (marker.kind === 'deferred' || marker.kind === 'sensitive') return marker.reveal()?.value
    const target = marker.kind === 'reference' && marker.path.length === 0 ? recorded?.resources.get(marker.address) : undefined
    return target?.id ?? marker
  }) as Fields
  visitMarkers(resolved, () => (isWhole = false))
  return isWhole ? resolved : undefined
}

/** Reads as a whole what matches a declaration and was seen only in a list that leaves fields out. */
async function readDetails(input: PlanInput, survey: Survey): Promise<void> {
  if (!survey.readings.some((reading) => reading.kind === 'present' && !reading.whole)) return
  const inventory = await runInTurns(takeInventory(input))
  const matches = await runInTurns(matchDeclaration(await runInTurns(checkDeclaration(input.desired, input.types)), inventory))
  await Promise.all(
    matches.map(async (existing) => {
      if (existing?.status === 'present' && !existing.whole) await survey.readOne(existing.type, existing.id, existing.parentId)
    }),
  )
}
