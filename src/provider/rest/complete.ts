import { compareInputs } from '../../core/difference.ts'
import { ProviderError } from '../../core/errors.ts'
import { matchesAny } from '../../core/field-rule.ts'
import { formatPath, type Fields } from '../../core/json.ts'
import type { Observed } from '../../core/observed.ts'
import { buildPatch } from '../../core/patch.ts'
import type { TypeRules } from '../../core/rules.ts'
import type { CallContext } from '../context.ts'
import { BEGUN, MADE, UNSENT, extendError, isRefusal } from './progress.ts'

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

/**
 * Makes an object and writes what its create left out. All or nothing: where the rest is refused, the object is deleted again,
 * since nobody would record it.
 */
export async function createWhole(inputs: Fields, rules: TypeRules, { find, make, update, read, remove }: Completion, context: CallContext): Promise<Observed> {
  const { savedHandle } = context
  const mayBeThere = savedHandle !== undefined && savedHandle !== UNSENT
  if (!mayBeThere) await context.saveHandle(BEGUN)
  const found = mayBeThere ? await find() : undefined
  const isOurs = found === undefined || savedHandle === MADE
  const made =
    found ??
    (await make().catch(async (error: unknown) => {
      if (error instanceof ProviderError && error.kind === 'retryable') await context.saveHandle(UNSENT)
      throw error
    }))
  const { changes } = compareInputs({ declared: inputs, observed: made.outputs, rules, resolve: () => undefined })
  const fixed = changes.find(({ path }) => matchesAny(rules.immutable, path))
  if (fixed !== undefined && !isOurs) throw new ProviderError('fatal', `${made.id} is there, and was not made by this create: its ${formatPath(fixed.path)} is another one`)
  const patch = buildPatch(changes.filter(({ path }) => !matchesAny(rules.immutable, path) && !matchesAny(rules.writeOnly, path)), inputs)
  if (Object.keys(patch).length === 0) return made
  if (found === undefined) await context.saveHandle(MADE)
  try {
    await update(made, patch)
    return await read(made)
  } catch (error) {
    if (!isRefusal(error, context)) throw error
    if (!isOurs) throw new ProviderError('ambiguous', `${made.id} is there, and was most likely made by this create, whose reply was lost; the rest of it was refused (${error.message}); look at it, and delete it by hand if it is not somebody else's`, { cause: error, isFinal: true })
    await remove(made).catch((fault: unknown) => {
      throw new ProviderError('ambiguous', `${made.id} was made, and the rest of it was refused (${error.message}); it could not be deleted again: ${(fault as Error).message}`, { cause: error, isFinal: true })
    })
    throw extendError(error, `${error.message}; what was made before that (${made.id}) is deleted again`)
  }
}
