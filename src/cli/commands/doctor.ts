import { examineStack } from '../../engine/examination.ts'
import { neutralise } from '../../render/neutralise.ts'
import { ExitCode } from '../exit-code.ts'
import type { Finding } from '../../store/finding.ts'
import type { Invocation } from '../invocation.ts'

/** `doctor`: names what is damaged, held or unfinished, and the way out. */
export async function runDoctor(invocation: Invocation): Promise<number> {
  const stack = await invocation.stack()
  const findings = await examineStack({ store: await invocation.store(), stack })
  if (invocation.isForPrograms) invocation.printJson(JSON.stringify({ stack, findings }, null, 2))
  for (const finding of findings) invocation.print(describe(finding))
  const isBad = findings.some(({ level }) => level === 'damaged')
  if (findings.length === 0) invocation.print(`Stack ${neutralise(stack)}: everything reads clean, no run is open, nobody holds it.`)
  return isBad ? ExitCode.error : findings.length > 0 ? ExitCode.pending : ExitCode.done
}

function describe({ level, subject, problem, remedy }: Finding): string {
  return `${level}: ${neutralise(subject)}: ${neutralise(problem)}\n  ${neutralise(remedy)}`
}
