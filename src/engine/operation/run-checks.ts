import { recordError } from '../../core/errors.ts'
import type { CheckResult } from '../../core/operation.ts'
import type { Check, CheckVerdict } from '../../provider/operation.ts'
import type { CallType } from '../../provider/origin.ts'
import type { ReadContext } from '../../provider/context.ts'
import { makeRead, type Reader } from '../read-call.ts'

/** Runs checks of a type, or of a plan, side by side; each comes to a result, whatever it throws. */
export function runChecks(reader: Reader, type: CallType | undefined, checks: readonly Check<object>[], params: object, step?: string): Promise<readonly CheckResult[]> {
  return Promise.all(checks.map((check) => runCheck(reader, type, check, (context) => check.run(params, context), step)))
}

async function runCheck(reader: Reader, type: CallType | undefined, { name, required = true }: Check<object>, ask: (context: ReadContext) => CheckVerdict | Promise<CheckVerdict>, step: string | undefined): Promise<CheckResult> {
  const { clock } = reader.bounds
  const startedMs = clock.monotonic()
  const failed = required ? ('failed' as const) : ('warning' as const)
  const about = (): Pick<CheckResult, 'check' | 'step' | 'durationMs'> => ({ check: name, ...(step !== undefined && { step }), durationMs: Math.round(clock.monotonic() - startedMs) })
  try {
    const verdict = await makeRead(reader, type, async (context) => ask(context), 1)
    if (verdict === undefined) return { ...about(), status: 'passed' }
    if (typeof verdict === 'string') return { ...about(), status: failed, message: verdict }
    // One that is advisory stops nothing, whatever it calls itself.
    return { ...about(), ...verdict, status: verdict.status === 'failed' ? failed : verdict.status }
  } catch (error) {
    return { ...about(), status: failed, message: recordError(error).message }
  }
}
