import type { Observed, RecordedResource, Resource } from 'convergent'
import { isObject } from '../is-object.ts'

/** What is the server's unless somebody declares it: kept are the places that were, as they are now. */
const OPTIONAL = ['settings', 'schema']
/** What no server shows. */
const UNSEEN = ['dropData', 'typeOptionId']

/** A declaration of what is there, with what is recorded of it already and no import would find: to take something over again lifts nothing of that. */
export function keepRecorded(declared: Resource, { outputs }: Observed, recorded: RecordedResource | undefined): Resource {
  if (recorded === undefined) return declared
  const { inputs, protected: isProtected } = recorded
  const optional = OPTIONAL.flatMap((field) => {
    const kept = merge(declared.inputs[field], pick(outputs[field], inputs[field]))
    return kept === undefined ? [] : [[field, kept] as const]
  })
  const unseen = UNSEEN.flatMap((field) => (inputs[field] === undefined ? [] : [[field, inputs[field]] as const]))
  return { ...declared, inputs: { ...declared.inputs, ...Object.fromEntries([...optional, ...unseen]) }, ...(isProtected === true && { protected: true }) }
}

/** Of a value the places that another one has as well; undefined where there is none. */
function pick(value: unknown, like: unknown): unknown {
  if (like === undefined || value === null) return undefined
  if (!isObject(value) || !isObject(like)) return value
  const kept = Object.keys(like).flatMap((key) => (pick(value[key], like[key]) === undefined ? [] : [[key, pick(value[key], like[key])] as const]))
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

/** What is declared goes before what is kept. */
function merge(declared: unknown, kept: unknown): unknown {
  return isObject(declared) && isObject(kept) ? { ...kept, ...declared } : (declared ?? kept)
}
