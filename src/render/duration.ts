/** A duration as a person reads it: `85 ms`, `3.2 s`, `4 min 5 s`, `1 h 2 min`. */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, Number.isFinite(ms) ? ms : 0)
  if (whole < 1000) return `${Math.round(whole)} ms`
  if (whole < 59_950) return `${(whole / 1000).toFixed(1)} s`
  const seconds = Math.round(whole / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}
