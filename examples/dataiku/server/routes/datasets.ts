import type { Desk, Visit } from '../desk.ts'
import { addDataset, findDataset, readNewDataset, replaceDataset, replaceSchema } from '../datasets.ts'
import { chooseManaged } from '../managed.ts'
import { replaceMetadata, showMetadata } from '../metadata.ts'
import { listFiles, uploadFiles } from '../places.ts'
import type { Dataset } from '../state.ts'

const ALL = '/projects/:project/datasets'
const ONE = `${ALL}/:dataset`

/** Registers what the API does with datasets. */
export function registerDatasets({ store: { data, newId }, connections, serve }: Desk): void {
  serve('GET', ALL, ({ enter }) => Object.values(enter('read').datasets).map(({ fields }) => fields))
  serve('POST', ALL, ({ enter, body, caller, nowMs }) => {
    const project = enter('write')
    const given = readNewDataset(body, project.key)
    addDataset(project, given, caller.login, nowMs, newId)
    return { msg: `Created dataset ${project.key}.${given.name}` }
  })
  serve('POST', `${ALL}/managed`, ({ enter, body, caller, nowMs }) => {
    const project = enter('write')
    const given = chooseManaged(body, project.key, connections)
    return addDataset(project, given, caller.login, nowMs, newId).fields
  })
  serve('GET', ONE, (visit) => read(visit).fields)
  serve('PUT', ONE, (visit) => replaceDataset(write(visit), visit.body, visit.caller.login, visit.nowMs))
  serve('DELETE', ONE, (visit) => {
    const { id } = write(visit)
    return visit.start({ does: 'delete-dataset', project: visit.param('project'), dataset: visit.param('dataset'), id, dropData: visit.isSet('dropData') }, visit.isSet('wait'))
  })
  serve('GET', `${ONE}/schema`, (visit) => read(visit).fields['schema'])
  serve('PUT', `${ONE}/schema`, (visit) => replaceSchema(write(visit), visit.body, visit.caller.login, visit.nowMs))
  serve('GET', `${ONE}/metadata`, (visit) => showMetadata(read(visit).fields))
  serve('PUT', `${ONE}/metadata`, (visit) => {
    const dataset = write(visit)
    dataset.fields = replaceMetadata(dataset.fields, visit.body, visit.caller.login, visit.nowMs)
  })
  serve('GET', `${ONE}/uploaded/files`, (visit) => listFiles(read(visit), data.data))
  serve('POST', `${ONE}/uploaded/files`, (visit) => uploadFiles(write(visit), visit.body.files ?? [], data.data))
}

function read({ enter, param }: Visit): Dataset {
  return findDataset(enter('read'), param('dataset'))
}

function write({ enter, param }: Visit): Dataset {
  return findDataset(enter('write'), param('dataset'))
}
