import type { DataikuState } from '../../examples/dataiku/server/dataiku-app.ts'
import { placeOf } from '../../examples/dataiku/server/places.ts'
import type { Plan } from '../../src/core/plan.ts'
import { THEIRS } from './declaration.ts'
import type { HandEdit } from './messages.ts'
import { FOREIGN } from './oracle.ts'

/** The data that somebody builds into every dataset, and whether a plan had said of it that it would go. */
export class DataWatch {
  readonly #built = new Map<string, { readonly address: string; readonly rows: string }>()
  /** Where each dataset was last: what one has left is not its own any more. */
  readonly #last = new Map<string, string>()
  #count = 0
  #destroyed: string[] = []

  /** Data for every dataset that has none. */
  build({ projects, data }: DataikuState): readonly HandEdit[] {
    return Object.entries(projects).flatMap(([key, { datasets }]) =>
      Object.entries(datasets).flatMap(([name, fields]): readonly HandEdit[] => {
        const place = placeOf({ fields })
        const address = `Dataset/${key}.${name}`
        const known = this.#built.get(place)
        if (data[place] !== undefined) {
          // A dataset of the same place, under another name or anew.
          if (known !== undefined) this.#built.set(place, { ...known, address })
          return []
        }
        const rows = [{ built: ++this.#count }]
        this.#built.set(place, { address, rows: JSON.stringify(rows) })
        return [{ does: 'store', place, rows }]
      }),
    )
  }

  /** All is there as it was built, but for what a plan has announced. */
  check({ projects, data }: DataikuState, plans: readonly Plan[]): readonly string[] {
    for (const [key, { datasets }] of Object.entries(projects)) for (const [name, fields] of Object.entries(datasets)) this.#last.set(`Dataset/${key}.${name}`, placeOf({ fields }))
    const announced = plans.flatMap(({ actions }) => actions.filter(({ loss }) => loss !== undefined).map(({ address, id }) => `${address.split('/')[0]}/${id}`))
    return [...this.#built].flatMap(([place, { address, rows }]) => {
      const found = data[place]
      if (found !== undefined) return JSON.stringify(found) === rows ? [] : [`the data of ${address} in ${place} was ${rows}, and is ${JSON.stringify(found)}`]
      this.#built.delete(place)
      this.#destroyed.push(address)
      const isAnnounced = countOf(announced, address) >= countOf(this.#destroyed, address) && !address.startsWith(`Dataset/${THEIRS}.`) && !address.includes(`.${FOREIGN}`)
      return isAnnounced ? [] : [`the data of ${address} in ${place} was destroyed, and no plan had announced that`]
    })
  }

  /** What was to be destroyed with a dataset that is gone, and was not. */
  checkGone({ projects, data }: DataikuState, addresses: readonly string[]): readonly string[] {
    return [...this.#built].flatMap(([place, { address }]) => {
      const [key = '', name = ''] = address.slice('Dataset/'.length).split('.')
      const isThere = projects[key]?.datasets[name] !== undefined
      return !isThere && addresses.includes(address) && this.#last.get(address) === place && data[place] !== undefined ? [`the data of ${address} in ${place} was to go with it, and is still there`] : []
    })
  }

  /** How much was destroyed. */
  get destroyedCount(): number {
    return this.#destroyed.length
  }
}

function countOf(all: readonly string[], one: string): number {
  return all.filter((each) => each === one).length
}
