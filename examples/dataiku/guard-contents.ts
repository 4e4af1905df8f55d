import { ProviderError, type Fields, type ResourceType } from 'convergent'
import { fetchAll, pathOf } from 'convergent/rest'
import type { Site } from './site.ts'

const CONTENTS = ['datasets', 'recipes'] as const

/** To delete a project deletes all that is in it: one that still holds what nobody planned to delete is left alone. */
export function guardContents(type: ResourceType, { client, tasks }: Pick<Site, 'client' | 'tasks'>): ResourceType {
  return {
    ...type,
    async delete(request, context) {
      const { savedHandle } = context
      // One that the server has forgotten is started anew, and much may have come into the project since.
      const isUnderWay = savedHandle !== undefined && tasks.readState(await client.request({ ...tasks.poll(savedHandle), isRead: true }, context)) !== 'forgotten'
      if (!isUnderWay) {
        const found = await Promise.all(CONTENTS.map((kind) => fetchAll(client, { method: 'GET', path: `${pathOf`/projects/${request.id}`}/${kind}/` }, { style: 'none' }, nameIn, context)))
        const left = found.flatMap((items, at) => (items.length === 0 ? [] : [`${CONTENTS[at]} ${items.map(nameIn).sort().join(', ')}`]))
        if (left.length > 0) throw new ProviderError('fatal', `project ${request.id} still holds ${left.join(' and ')}, which are not in this plan and would go with it; import them, or delete them by hand`)
      }
      return type.delete(request, context)
    },
  }
}

function nameIn({ name }: Fields): string {
  return String(name)
}
