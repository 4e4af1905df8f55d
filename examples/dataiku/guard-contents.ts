import { ProviderError, type Fields, type ReadContext } from 'convergent'
import { fetchAll, pathOf, type HttpClient } from 'convergent/rest'

const CONTENTS = ['datasets', 'recipes'] as const
const WHY = 'which are not in this plan and would go with it'

/** To delete a project deletes all that is in it: throws where it still holds datasets or recipes, which nobody planned to delete. */
export async function guardContents(client: HttpClient, project: string, context: ReadContext): Promise<void> {
  const found = await Promise.all(CONTENTS.map((kind) => fetchAll(client, { method: 'GET', path: `${pathOf`/projects/${project}`}/${kind}/` }, { style: 'none' }, nameIn, context)))
  const left = found.flatMap((items, at) => (items.length === 0 ? [] : [`${CONTENTS[at]} ${items.map(nameIn).sort().join(', ')}`]))
  if (left.length > 0) throw new ProviderError('fatal', `project ${project} still holds ${left.join(' and ')}, ${WHY}; import them, or delete them by hand`)
}

/** True for the message of a project that was left alone for what is in it. */
export function isForContents(message: string): boolean {
  return message.includes(WHY)
}

function nameIn({ name }: Fields): string {
  return String(name)
}
