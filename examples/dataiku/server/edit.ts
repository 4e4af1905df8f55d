import type { Edit } from './dataiku-app.ts'
import { addDataset } from './datasets.ts'
import type { DataikuData } from './state.ts'

/** Changes something behind everybody's back. */
export function applyEdit(edit: Edit, { projects }: DataikuData, nowMs: number, newId: () => string): void {
  const project = projects[edit.project]
  if (project === undefined) throw new Error(`no project "${edit.project}", expected one of ${Object.keys(projects).join(', ')}`)
  if (edit.part === 'project') {
    delete projects[edit.project]
  } else if (edit.part === 'dataset') {
    if (edit.changes === null) delete project.datasets[edit.name]
    else {
      const kept = project.datasets[edit.name] ?? addDataset(project, { name: edit.name, type: 'Filesystem' }, 'somebody', nowMs, newId)
      kept.fields = { ...kept.fields, ...edit.changes }
    }
  } else if (edit.part === 'recipe') {
    const kept = project.recipes[edit.name]
    if (edit.changes === null) delete project.recipes[edit.name]
    else {
      const payload = edit.payload ?? kept?.payload
      const before = kept?.recipe ?? { type: 'python', name: edit.name, projectKey: project.key, inputs: {}, outputs: {}, params: {}, tags: [] }
      project.recipes[edit.name] = { recipe: { ...before, ...edit.changes }, ...(payload !== undefined && { payload }) }
    }
  } else {
    project.parts[edit.part] = { ...project.parts[edit.part], ...edit.changes }
  }
}
