import type { OperationContext } from 'convergent/operations'

/**
 * What there was before an operation, for `undo`: it is durable before anything is changed, so that a run that was cut off right
 * afterwards can still be taken back to it.
 */
export async function keepBefore<T>(read: () => Promise<T>, { savedHandle, saveHandle }: { readonly savedHandle?: string | undefined } & Pick<OperationContext, 'saveHandle'>): Promise<T> {
  if (savedHandle !== undefined) return JSON.parse(savedHandle) as T
  const before = await read()
  await saveHandle(JSON.stringify(before))
  return before
}
