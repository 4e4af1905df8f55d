import type { Desk } from '../desk.ts'
import { refuseFailed, showFuture, showUnknown, type Future } from '../future.ts'
import { ReplyError } from '../reply.ts'

/** Registers what the API does with futures. */
export function registerFutures({ store: { data }, serve }: Desk): void {
  const find = (id: string): Future | undefined => data.futures.find((future) => future.id === id && !future.isForgotten)
  serve('GET', '/futures/:future', ({ param, isSet, nowMs }) => {
    const future = find(param('future'))
    if (future === undefined) return showUnknown(param('future'))
    if (isSet('peek')) return showFuture(future, nowMs)
    future.isForgotten = future.outcome?.ended === 'done' || future.outcome?.ended === 'failed'
    refuseFailed(future)
    return showFuture(future, nowMs)
  })
  serve('DELETE', '/futures/:future', ({ param }) => {
    const future = find(param('future'))
    if (future === undefined) throw new ReplyError('NotFoundException', `Future "${param('future')}" not found`)
    future.outcome ??= { ended: 'aborted' }
  })
}
