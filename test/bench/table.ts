import type { Report, Row, Section } from './report.ts'

/** The report as text for a terminal. */
export function formatReport(report: Report): string {
  const { noise } = report
  const lines = [
    `${report.machine}; ${report.at}; took ${Math.round(report.wholeMs / 1_000)} s`,
    `noise: a fixed loop, ${noise.count} times: min ${noise.minMs.toFixed(1)}, median ${noise.medianMs.toFixed(1)}, max ${noise.maxMs.toFixed(1)} ms`,
    '',
    ...report.sections.flatMap((section) => [...formatSection(section), '']),
  ]
  if (report.verdicts.length > 0) lines.push('Budgets', ...report.verdicts.map(({ budget, found, kept }) => `  ${kept ? 'kept  ' : 'MISSED'}  ${budget}: ${found}`), '')
  return lines.join('\n')
}

function formatSection({ title, rows, notes }: Section): readonly string[] {
  return [title, ...formatRows(rows), ...notes.map((note) => `  ${note}`)]
}

function formatRows(rows: readonly Row[]): readonly string[] {
  const headings = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const isText = headings.map((heading) => rows.every((row) => typeof row[heading] !== 'number'))
  const cells = [headings, ...rows.map((row) => headings.map((heading) => formatCell(row[heading])))]
  const widths = headings.map((_, column) => Math.max(...cells.map((line) => (line[column] as string).length)))
  return cells.map((line) => `  ${line.map((cell, column) => (isText[column] === true ? cell.padEnd(widths[column] as number) : cell.padStart(widths[column] as number))).join('  ')}`.trimEnd())
}

function formatCell(value: string | number | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return value
  if (Number.isInteger(value) || Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en-US')
  return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 0.1 ? 3 : 4)
}
