import { playRounds, type SoakOptions, type SoakReport } from '../soak-parts/play-rounds.ts'
import { bundleHost } from './bundle.ts'
import type { HostJob } from './messages.ts'
import { playRound, type RoundFigure } from './round.ts'
import type { Way } from './ways.ts'

/** Soaks the host of the firewall. */
export function soakFirewall(options: SoakOptions): Promise<SoakReport<Way, RoundFigure>> {
  return playRounds<{ readonly host: string }, HostJob, Way, RoundFigure>(options, bundleHost, playRound)
}
