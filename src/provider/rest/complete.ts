import { compareInputs } from '../../core/difference.ts'
import { ProviderError } from '../../core/errors.ts'
import { matchesAny } from '../../core/field-rule.ts'
import type { Fields } from '../../core/json.ts'
import type { Observed } from '../../core/observed.ts'
import { buildPatch } from '../../core/patch.ts'
import type { TypeRules } from '../../core/rules.ts'
import type { CallContext } from '../context.ts'

/** The steps of a create that takes only a part of the object. */
export interface Completion {
  /** Looks for what an earlier attempt may have made. */
  readonly find: () => Promise<Observed | undefined>
  /** Makes it, and reads it. */
  readonly make: () => Promise<Observed>
  /** Writes the rest. */
  readonly update: (made: Observed, patch: Fields) => Promise<void>
  readonly read: (made: Observed) => Promise<Observed>
  /** Deletes it again. */
  readonly remove: (made: Observed) => Promise<void>
}

/** What is saved before anything is sent: whoever finds it goes on, and makes nothing twice. */
const BEGUN = 'begun'
/** What is saved when the create has answered: what is there is ours for certain. */
const MADE = 'made'

/** True for what a create saves that takes only a part of the object: it is no task. */
export function isProgress(handle: string): boolean {
  return handle === BEGUN || handle === MADE
}

/**
 * Makes an object and writes what its create left out. All or nothing: where the rest is refused, the object is deleted again,
 * since nobody would record it.
 */
export async function createWhole(inputs: Fields, rules: TypeRules, { find, make, update, read, remove }: Completion, context: CallContext): Promise<Observed> {
  if (context.savedHandle === undefined) await context.saveHandle(BEGUN)
  const found = context.savedHandle === undefined ? undefined : await find()
  const made = found ?? (await make())
  const isOurs = found === undefined || context.savedHandle === MADE
  const patch = findRest(inputs, rules, made)
  if (Object.keys(patch).length === 0) return made
  if (found === undefined) await context.saveHandle(MADE)
  try {
    await update(made, patch)
    return await read(made)
  } catch (error) {
    if (context.signal.aborted || !(error instanceof ProviderError) || error.kind === 'retryable' || error.kind === 'ambiguous') throw error
    if (!isOurs) throw new ProviderError('ambiguous', `${made.id} is there, and was most likely made by this create, whose reply was lost; the rest of it was refused (${error.message}); look at it, and delete it by hand if it is not somebody else's`, { cause: error, isFinal: true })
    await remove(made).catch((fault: unknown) => {
      throw new ProviderError('ambiguous', `${made.id} was made, and the rest of it was refused (${error.message}); it could not be deleted again: ${(fault as Error).message}`, { cause: error })
    })
    throw new ProviderError(error.kind, `${error.message}; what was made before that (${made.id}) is deleted again`, { cause: error, ...(error.status !== undefined && { status: error.status }), ...(error.fields && { fields: error.fields }) })
  }
}

/** What a read does not show as declared, and an update can change. */
function findRest(inputs: Fields, rules: TypeRules, { outputs }: Observed): Fields {
  const { changes } = compareInputs({ declared: inputs, observed: outputs, rules, resolve: () => undefined })
  return buildPatch(changes.filter(({ path }) => !matchesAny(rules.immutable, path) && !matchesAny(rules.writeOnly, path)), inputs)
}
