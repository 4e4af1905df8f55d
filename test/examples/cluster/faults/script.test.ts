import { DeclarationError } from 'convergent'
import { describe, expect, it } from 'vitest'
import { parseScript } from '../../../../examples/cluster/faults/load-script.ts'

const HEAD = 'fault: f\nshows: s\ntopology: { directory: "${dir}/shop" }\nsteps:\n'

function issuesOf(text: string): readonly string[] {
  try {
    parseScript(text, 'f.yaml')
  } catch (error) {
    if (error instanceof DeclarationError) return error.issues.map(({ source, message }) => `${source?.line}: ${message}`)
    throw error
  }
  return []
}

describe('a script of a fault', () => {
  it('is taken where every step does one thing', () => {
    expect(issuesOf(`${HEAD}  - run: status\n    exit: 0\n  - takePort: \${port1}\n  - nothingLeft: true\n`)).toEqual([])
  })

  it('is told the nearest name of a misspelt step, deed, place and field', () => {
    expect(issuesOf(`${HEAD}  - takePrt: 6001\n`)[0]).toBe('5: there is no field "takePrt"; did you mean "takePort"?')
    expect(issuesOf(`${HEAD}  - fillDisk: { file: /a/b, leaveMegabyte: 1 }\n`)).toContain('5: there is no field "leaveMegabyte"; did you mean "leaveMegabytes"?')
    expect(issuesOf(`${HEAD}  - run: status\n    exit: 0\n    meanwhile: [{ once: x, sendSignl: { instance: a, signal: SIGHUP } }]\n`)).toContain('7: there is no field "sendSignl"; did you mean "sendSignal"?')
    expect(issuesOf(`${HEAD}  - takePort: \${prt1}\n`)).toEqual(['5: there is no place "prt1"; did you mean "port1"?'])
    expect(issuesOf(`falt: f\n${HEAD}  - nothingLeft: true\n`)).toEqual(['1: there is no field "falt"; did you mean "fault"?'])
  })

  it('is refused where a step does two things, or nothing, or a run has no exit code', () => {
    expect(issuesOf(`${HEAD}  - { takePort: 6001, freePort: 6001 }\n`)[0]).toContain('5: expected one of run, takePort')
    expect(issuesOf(`${HEAD}  - { }\n`)[0]).toContain('5: expected one of run, takePort')
    expect(issuesOf(`${HEAD}  - run: status\n`)).toEqual(['5: a run needs exit, its exit code'])
    expect(issuesOf(`${HEAD}  - { takePort: 6001, says: [x] }\n`)).toEqual(['5: exit, says, saysNot, meanwhile belong to run'])
  })
})
