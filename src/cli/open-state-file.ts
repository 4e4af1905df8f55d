import { describeError } from './error-report.ts'
import type { Invocation } from './invocation.ts'
import { StateFile } from './state-file.ts'

/** The readable copy of the state that this command keeps; undefined: nobody wants one. */
export async function openStateFile(invocation: Invocation): Promise<StateFile | undefined> {
  const warn = (text: string): void => invocation.remark(text)
  try {
    const path = await invocation.stateFile()
    return path === undefined ? undefined : new StateFile({ path, store: await invocation.store(), stack: await invocation.stack(), warn })
  } catch (error) {
    warn(`Warning: no copy of the state is kept, since nobody can say in which file: ${describeError(error)}`)
    return undefined
  }
}
