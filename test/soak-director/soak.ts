import { playRounds, type SoakOptions, type SoakReport } from '../soak-parts/play-rounds.ts'
import type { Break } from './breaks.ts'
import { bundleProcesses, type Bundle } from './bundle.ts'
import type { HostJob } from './messages.ts'
import { playRound, type RoundFigure } from './round.ts'
import type { Way } from './ways.ts'

/** Soaks the host of the Director. `broken`: what is wrong with the hosts. */
export function soakDirector({ broken, ...options }: SoakOptions & { readonly broken?: Break | undefined }): Promise<SoakReport<Way, RoundFigure>> {
  return playRounds<Bundle, HostJob, Way, RoundFigure>(options, bundleProcesses, (place) => playRound({ ...place, broken }))
}
