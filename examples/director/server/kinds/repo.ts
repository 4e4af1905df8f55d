import { z } from 'zod'
import { defineKind } from '../kind.ts'

const fields = z.object({
  name: z.string(),
  hiddenrepopath: z.array(z.object({ path: z.string(), retention: z.int() })),
  repoha: z.array(z.object({ ha_li: z.string(), ha_day: z.int() })).default([]),
})

/** A repo: written with `hiddenrepopath`, read with `repopath`; a PUT cannot name it anew. */
export const repo = defineKind<z.infer<typeof fields>>({
  name: 'Repos',
  label: 'Repo',
  key: 'name',
  create: fields,
  edit: fields.omit({ name: true }),
  findFaults: ({ name, hiddenrepopath, repoha }) => [
    ...(name.length >= 29 ? ['name: must be shorter than 29 characters'] : []),
    ...(hiddenrepopath.length === 0 ? ['hiddenrepopath: at least one path is needed'] : []),
    ...hiddenrepopath.filter(({ retention }) => retention <= 2).map(({ path }) => `hiddenrepopath: the retention of "${path}" must be more than 2 days`),
    ...repoha.filter(({ ha_day }) => ha_day <= 2).map(({ ha_li }) => `repoha: the days of "${ha_li}" must be more than 2`),
  ],
  listReferences: ({ hiddenrepopath }) => hiddenrepopath.map(({ path }) => ({ field: 'hiddenrepopath', table: 'RepoPaths', by: 'name', value: path })),
  show: ({ name, hiddenrepopath, repoha }, id, readCount) => ({
    name,
    repopath: hiddenrepopath,
    repoha,
    repo_number: Number.parseInt(id.slice(-4), 16),
    used_size: `${(readCount / 100).toFixed(2)} GB`,
    active: true,
    tid: '',
  }),
  builtIns: () => ['default', '_logpoint', '_LogPointAlerts'].map((name) => ({ name, hiddenrepopath: [{ path: '/opt/immune/storage/', retention: 90 }], repoha: [] })),
})
