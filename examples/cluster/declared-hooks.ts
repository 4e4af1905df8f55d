import { DeclarationError, suggestName } from 'convergent'
import { commandHook } from 'convergent/node'
import type { DeclaredPhase, Hook } from 'convergent/operations'
import type { DeclaredHook } from './topology/topology.ts'

/** The hooks of a topology, as commands of this machine. */
export function createHooks(hooks: readonly DeclaredHook[]): readonly Hook[] {
  return hooks.map(({ name, on, command, args, shell, timeoutSeconds, continueOnError, env }) => commandHook({ name, ...(on !== undefined && { on }), command, args, shell, timeoutMs: timeoutSeconds * 1_000, continueOnError, env }))
}

/** Phases with the hooks that name them. A phase that no command of this host has is a mistake; one that this plan has not is none. */
export function addHooks(phases: readonly DeclaredPhase[], hooks: readonly DeclaredHook[]): readonly DeclaredPhase[] {
  for (const [position, hook] of hooks.entries())
    for (const field of ['beforePhase', 'afterPhase'] as const) {
      const name = hook[field]
      if (name !== undefined && !PHASES.includes(name)) throw new DeclarationError([{ code: 'unknown-phase', path: ['hooks', position, field], message: `there is no phase "${name}"${suggestName(name, PHASES) || `; phases are ${PHASES.join(', ')}`}` }])
    }
  return phases.map((phase) => {
    const before = hooks.filter(({ beforePhase }) => beforePhase === phase.name).map(({ name }) => name)
    const after = hooks.filter(({ afterPhase }) => afterPhase === phase.name).map(({ name }) => name)
    return { ...phase, ...(before.length > 0 && { before }), ...(after.length > 0 && { after }) }
  })
}

const PHASES: readonly string[] = ['prepare', 'configure', 'start', 'initialise', 'verify', 'save', 'restart', 'upgrade', 'finish', 'leave', 'stop', 'forget', 'remove']
