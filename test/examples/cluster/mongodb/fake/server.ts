import type { Document } from './wire.ts'
import type { FakeSet, World } from './world.ts'

/** Who a fake server is. */
export interface Self {
  readonly address: string
  readonly release: string
  readonly isRouter: boolean
  readonly setName: string | undefined
  readonly clusterRole: string | undefined
}

/** What a command does. */
export type Command = (command: Document, self: Self, world: World) => Document

/** The set that a server is a member of. */
export function setOf(self: Self, world: World): FakeSet | undefined {
  const set = self.setName === undefined ? undefined : world.sets[self.setName]
  return set?.config.members.some(({ host }) => host === self.address) === true ? set : undefined
}

/** The versions that there are, in order. */
export const SERIES = ['5.0', '6.0', '7.0', '8.0']

export function seriesOf(release: string): string {
  return release.split('.').slice(0, 2).join('.')
}

/** Where compatibility is kept: once for each set. */
export function keyOf(self: Self): string {
  return self.setName ?? self.address
}
