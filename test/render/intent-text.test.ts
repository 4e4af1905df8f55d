import { describe, expect, it } from 'vitest'
import type { Action } from '../../src/core/action.ts'
import type { OperationChange } from '../../src/core/operation.ts'
import type { Plan } from '../../src/core/plan.ts'
import { renderIntent } from '../../src/render/intent-text.ts'
import { operationPlan } from './operation-plan.ts'

const [sample] = operationPlan.actions as readonly [Action]
const { description: _, expects: __, estimate: ___, ...bare } = sample
const operate = (name: string, more: Partial<Action> = {}): Action => ({ ...bare, address: `run/${name}`, ...more })
const expecting = (...changes: readonly (readonly [OperationChange['action'], string])[]): readonly OperationChange[] => changes.map(([action, subject]) => ({ action, subject }))
const { estimate: _estimate, phases: _phases, ...rest } = operationPlan
const planOf = (actions: readonly Action[], more: Partial<Plan> = {}): Plan => ({ ...rest, actions, ...more })

describe('what a plan of operations will do', () => {
  it('is told kind by kind, with ports, space, hooks and what says nothing', () => {
    const instances = [1, 2, 3].flatMap((n) => [
      operate(`directory-${n}`, { expects: expecting(['create', `directory /srv/pg/pg-${n}`]), estimate: { diskBytes: 1 << 20 } }),
      operate(`configuration-${n}`, { expects: expecting(['create', `file /srv/pg/pg-${n}/postgresql.conf`], ['create', `file /srv/pg/pg-${n}/pg_hba.conf`]) }),
      operate(`start-${n}`, { expects: expecting(['start', `process pg-${n}`]), estimate: { memoryBytes: 1 << 20, processes: { localhost: 1 }, ports: { localhost: [5431 + n] } } }),
    ])
    const binary = operate('binary', { expects: expecting(['create', 'binary postgres-18']), estimate: { diskBytes: 1 << 30, downloadBytes: 61 << 20 } })
    const wait = [operate('wait-1'), operate('wait-2', { expects: expecting(['none', 'process pg-1']) })]
    expect(renderIntent(planOf([binary, ...instances, ...wait], { phases: [{ name: 'deploy', before: ['drain'], after: ['tell', 'refill'] }] }))).toEqual([
      'This will:',
      '  create 1 binary: postgres-18',
      '  create 3 directories: /srv/pg/pg-1, /srv/pg/pg-2, /srv/pg/pg-3',
      '  write 6 files: /srv/pg/pg-1/postgresql.conf, /srv/pg/pg-1/pg_hba.conf, /srv/pg/pg-2/postgresql.conf, /srv/pg/pg-2/pg_hba.conf and 2 more',
      '  start 3 processes on localhost: pg-1, pg-2, pg-3',
      '  use ports 5432 to 5434 on localhost',
      '  take up to 1 GiB on disk and 3 MiB of memory, download 61 MiB',
      '  run hook drain before phase deploy',
      '  run hooks tell, refill after phase deploy',
      '  and run 2 more operations, which do not say what they change',
    ])
  })
  it('names processes host by host, and counts those that an estimate alone knows', () => {
    const start = (host: string, count: number, ...names: readonly string[]): Action => operate(`start-${host}`, { expects: expecting(...names.map((name) => ['start', `process ${name}`] as const)), estimate: { processes: { [host]: count }, ports: { [host]: [9000, 80, 8001, 8000, 8002] } } })
    expect(renderIntent(planOf([start('a', 1, 'web-a'), start('b', 3, 'web-b'), start('c', 2)]))).toEqual([
      'This will:',
      '  start 1 process on a: web-a',
      '  start 3 processes on b: web-b and 2 more',
      '  start 2 processes on c',
      '  use ports 80, 8000 to 8002, 9000 on a',
      '  use ports 80, 8000 to 8002, 9000 on b',
      '  use ports 80, 8000 to 8002, 9000 on c',
    ])
  })
  it('counts a thing once, whatever number of operations change it', () => {
    const restart = operate('restart', { expects: expecting(['stop', 'process a'], ['start', 'process a']) })
    expect(renderIntent(planOf([restart, operate('again', { expects: expecting(['stop', 'process a'], ['update', 'service']) })]))).toEqual(['This will:', '  stop 1 process: a', '  start 1 process: a', '  update 1 service'])
  })
  it('leaves out what is blocked, and tells resources beside operations', () => {
    const made = operationPlan.actions.find(({ kind }) => kind !== 'operation') as Action
    const blocked = operate('b', { expects: expecting(['delete', 'directory /']), blocked: { reason: 'needs-person', message: 'no' } })
    expect(renderIntent(planOf([made, blocked]))).toEqual([])
    expect(renderIntent(planOf([made, blocked, operate('a')]))).toEqual(['This will:', `  ${made.kind} 1 resource: ${made.address}`, '  and run 1 more operation, which does not say what it changes'])
    expect(renderIntent(planOf([operate('a'), operate('b')]))).toEqual(['This will:', '  run 2 operations, which do not say what they change'])
    expect(renderIntent(planOf([operate('a')], { mode: 'rollback' }))).toEqual(['This will take back 1 operation.'])
  })
  it('steers no terminal, and stays short', () => {
    const nasty = 'a\u001B[2J\nb'
    const lines = renderIntent(planOf(Array.from({ length: 60 }, (_, n) => operate(`${n}`, { expects: expecting(['create', `kind-${n}${nasty} ${nasty}`]), estimate: { processes: { [nasty]: 1 }, ports: { [nasty]: [1] } } })), { phases: [{ name: nasty, before: [nasty] }] }))
    expect(lines.length).toBeLessThan(30)
    expect(lines.join('')).not.toMatch(/[\u001B\n]/)
  })
})
