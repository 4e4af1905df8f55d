import type { ApiCall } from '../core/event.ts'
import { formatDuration } from './duration.ts'
import { neutralise } from './neutralise.ts'

/** One request that a provider made, on one line: `GET https://… 200 12 ms`. */
export function renderCall({ method, url, status, durationMs, error }: ApiCall): string {
  return [neutralise(method), neutralise(url), ...(status === undefined ? [] : [String(status)]), formatDuration(durationMs), ...(error === undefined ? [] : [`failed: ${neutralise(error)}`])].join(' ')
}
