import { NOT_TAKEN_BACK } from '../soak-parts/stage.ts'
import { declareResources, type Declaration } from './declaration.ts'
import { editAll, lookView, type Scene } from './scene.ts'

/** Does what a host has left to a person: of the objects that it named, those go that are not declared. Gives what it named. */
export async function removeLeft(scene: Scene, problems: readonly string[], declaration: Declaration): Promise<ReadonlySet<string>> {
  const { server, figures, story } = scene
  const named = new Set(problems.filter((problem) => problem.startsWith(NOT_TAKEN_BACK)).map((problem) => problem.slice(NOT_TAKEN_BACK.length).split(' ')[0] as string))
  if (named.size === 0) return named
  figures.persons += named.size
  story.push(`left to a person: ${[...named].join(', ')}`)
  const declared = new Set(declareResources(declaration).map(({ type, name }) => `${type}/${name}`))
  for (const { type, id } of await lookView(scene)) {
    const address = `${type}/${id}`
    if (!named.has(address) || declared.has(address)) continue
    const [project = '', name = ''] = id.split('.')
    await editAll(server, [{ does: 'drop', project, part: type === 'Project' ? 'project' : type === 'Dataset' ? 'dataset' : 'recipe', name }])
    story.push(`a person removed ${address}`)
  }
  return named
}
