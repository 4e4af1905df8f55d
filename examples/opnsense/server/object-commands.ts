import { readFields, unwrap } from './body.ts'
import { isUuid, type Config, type Row } from './config.ts'
import { write, type Call, type Commands, type Desk, type Outcome } from './desk.ts'
import { listRows } from './listing.ts'
import type { Model } from './models.ts'
import { createRow, nameVlan } from './new-row.ts'
import { showRow } from './show.ts'
import { refuseInUse, renameAlias } from './uses.ts'
import { validate } from './validate.ts'

const FAILED: Outcome = { reply: { result: 'failed' }, isChanged: false }

/** Add, set, delete, toggle, get and search of one kind. */
export function objectCommands(model: Model, desk: Desk): Commands {
  const { kind, controller, noun, search } = model
  const change = (call: Call, by: (config: Config) => Outcome): unknown => (call.isPost ? write(desk, call.path, by) : FAILED.reply)
  const [scene, uuidOf] = [{ site: desk.site }, ({ params }: Call): string => params[0] ?? '']
  return {
    [`${controller}/add${noun}`]: { paramCount: 0, run: (call) => change(call, (config) => save(model, desk, config, call, desk.newId())) },
    [`${controller}/set${noun}`]: { paramCount: 1, run: (call) => change(call, (config) => save(model, desk, config, call, uuidOf(call), true)) },
    [`${controller}/del${noun}`]: { paramCount: 1, run: (call) => change(call, (config) => remove(model, config, uuidOf(call).split(','))) },
    [`${controller}/toggle${noun}`]: { paramCount: 1, run: (call) => change(call, (config) => toggle(model, config, uuidOf(call), call.params[1])) },
    [`${controller}/get${noun}`]: {
      paramCount: 0,
      run: ({ params: [uuid] }) => {
        const config = desk.file.read()
        const row = uuid === undefined ? createRow(model, config, desk.newId) : config[kind].get(uuid)
        // What is not there is an empty list, with status 200.
        return row === undefined ? [] : { [kind]: showRow(model, row, { config, ...scene }) }
      },
    },
    [`${controller}/${search}`]: { paramCount: 0, run: ({ post }) => listRows(model, desk, post) },
  }
}

/** An upsert: a set with a UUID that nobody has makes the object. */
function save(model: Model, desk: Desk, config: Config, { post }: Call, uuid: string, isSet = false): Outcome {
  const { kind, fields } = model
  const body = unwrap(post, kind)
  const before = config[kind].get(uuid)
  if (body === undefined || (before === undefined && !isUuid(uuid))) return FAILED
  let row: Row = { ...(before ?? createRow(model, config, desk.newId)), ...readFields(fields, body) }
  if (kind === 'vlan' && (body['vlanif'] ?? '') === '') row = { ...row, vlanif: nameVlan(row, before, config) }
  if (kind === 'alias' && before?.['name'] !== undefined && before['name'] !== row['name']) renameAlias(before['name'], String(row['name']), config)
  const validations = validate(model, uuid, row, config, desk.site)
  if (Object.keys(validations).length > 0) return { reply: { result: 'failed', validations }, isChanged: false }
  config[kind].set(uuid, row)
  return { reply: isSet ? { result: 'saved' } : { result: 'saved', uuid }, isChanged: true }
}

function remove({ kind }: Model, config: Config, uuids: readonly string[]): Outcome {
  let [result, isChanged] = ['failed', false]
  for (const uuid of uuids) {
    refuseInUse(kind, uuid, config)
    const isDeleted = config[kind].delete(uuid)
    result = isDeleted ? 'deleted' : 'not found'
    isChanged ||= isDeleted
  }
  return { reply: { result }, isChanged }
}

function toggle({ kind, fields }: Model, config: Config, uuid: string, asked: string | undefined): Outcome {
  const row = config[kind].get(uuid)
  if (row === undefined || fields['enabled'] === undefined || (asked !== undefined && !/^[01]$/.test(asked))) return FAILED
  const enabled = asked ?? (row['enabled'] === '1' ? '0' : '1')
  config[kind].set(uuid, { ...row, enabled })
  const changed = row['enabled'] !== enabled
  return { reply: { result: enabled === '1' ? 'Enabled' : 'Disabled', changed }, isChanged: changed }
}
